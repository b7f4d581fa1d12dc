# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: this node's own apiserver, and those of other nodes as this node sees them.

They are asked with the certificate that the apiserver shows to kubelets: it lies on every control-plane node as plain
files, and no administrator's credentials are touched. Where a cluster was made by kubeadm 1.36 or later it may read
nothing any more; there the controller-manager's are used.
"""

from __future__ import annotations

import base64
import re
import ssl
import tempfile
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from . import processes, static_pods
from .files import Files
from .https import HttpError, client_context, request, status_of

_PKI = "/etc/kubernetes/pki"
_TIMEOUT_SECONDS = 5.0
_FORBIDDEN = 403
_CONTROLLER_MANAGER = "/etc/kubernetes/controller-manager.conf"
_EMBEDDED = {part: re.compile(rf"^\s*client-{part}-data: (\S+)$", re.MULTILINE) for part in ("certificate", "key")}


def cluster_uid(files: Files) -> str:
    """The uid of the namespace kube-system; raises HttpError with the reason when it cannot be read."""
    namespace = _get(files, "/api/v1/namespaces/kube-system")
    return str(namespace.get("metadata", {}).get("uid", ""))


def kubeadm_config(files: Files) -> dict[str, Any]:
    """The data of the ConfigMap kubeadm-config; raises HttpError."""
    config = _get(files, "/api/v1/namespaces/kube-system/configmaps/kubeadm-config")
    return dict(config.get("data") or {})


def unready(files: Files, at: str | None = None) -> str | None:
    """Why the apiserver at ``at`` (``host:port``; this node's own without it) is not ready; None when it is."""
    try:
        url = f"https://{at or endpoint(_arguments(files))}/readyz"
        status = status_of(url, timeout_seconds=_TIMEOUT_SECONDS, context=_context(files))
    except HttpError as error:
        return str(error)
    return None if status == 200 else f"{url} answered {status}"


def certificate(files: Files) -> bytes:
    """The certificate (DER) that kubeadm made for this node's apiserver; empty where there is none."""
    pem = files.read(f"{_PKI}/apiserver.crt")
    return ssl.PEM_cert_to_DER_cert(pem) if pem else b""


def endpoint(arguments: Mapping[str, str]) -> str:
    """``host:port`` of the apiserver with these arguments."""
    address = arguments.get("advertise-address", "127.0.0.1")
    return f"{f'[{address}]' if ':' in address else address}:{port(arguments)}"


def port(arguments: Mapping[str, str]) -> int:
    """The port that it serves at."""
    return int(arguments.get("secure-port", "6443"))


def service_address(arguments: Mapping[str, str]) -> str | None:
    """The cluster IP of the Service ``kubernetes``, which is the first of the first range; None without a range."""
    first = arguments.get("service-cluster-ip-range", "").partition(",")[0]
    return str(ip_network(first, strict=False)[1]) if first else None


def process_ids(files: Files) -> list[int]:
    """The processes of this node's apiserver."""
    return processes.process_ids(files, static_pods.CONTROL_PLANE)


def _get(files: Files, path: str) -> dict[str, Any]:
    url = f"https://{endpoint(_arguments(files))}{path}"
    try:
        return request("GET", url, context=_context(files), timeout_seconds=_TIMEOUT_SECONDS)
    except HttpError as error:
        if error.status != _FORBIDDEN:
            raise
    return request("GET", url, context=_controller_managers(files), timeout_seconds=_TIMEOUT_SECONDS)


def _controller_managers(files: Files) -> ssl.SSLContext:
    """As the controller-manager, which may read namespaces and configuration; raises HttpError."""
    kubeconfig = files.read(_CONTROLLER_MANAGER) or ""
    try:
        pair = [base64.b64decode(_EMBEDDED[name].findall(kubeconfig)[0]) for name in ("certificate", "key")]
    except (IndexError, ValueError) as error:
        raise HttpError(f"{_CONTROLLER_MANAGER} holds no certificate with its key") from error
    with tempfile.NamedTemporaryFile(prefix="day2-", suffix=".pem") as file:  # ssl reads them from files alone
        file.write(b"\n".join(pair))
        file.flush()
        return client_context(ca=str(files.path(f"{_PKI}/ca.crt")), certificate=file.name, key=file.name)


def _arguments(files: Files) -> dict[str, str]:
    return static_pods.arguments(files, static_pods.CONTROL_PLANE)


def _context(files: Files) -> ssl.SSLContext:
    return client_context(
        ca=str(files.path(f"{_PKI}/ca.crt")),
        certificate=str(files.path(f"{_PKI}/apiserver-kubelet-client.crt")),
        key=str(files.path(f"{_PKI}/apiserver-kubelet-client.key")),
    )
