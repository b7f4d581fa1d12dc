# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: which cluster this control-plane node belongs to, asked of its own apiserver.

It is asked with the certificate that the apiserver shows to kubelets: it lies on every control-plane node as plain
files, kubeadm gives it the right to read, and no administrator's credentials are touched.
"""

from __future__ import annotations

from . import static_pods
from .files import Files
from .https import client_context, request

_PKI = "/etc/kubernetes/pki"
_TIMEOUT_SECONDS = 5.0


def cluster_uid(files: Files) -> str:
    """The uid of the namespace kube-system; raises HttpError with the reason when it cannot be read."""
    arguments = static_pods.arguments(files, static_pods.CONTROL_PLANE)
    address = arguments.get("advertise-address", "127.0.0.1")
    host = f"[{address}]" if ":" in address else address
    context = client_context(
        ca=str(files.path(f"{_PKI}/ca.crt")),
        certificate=str(files.path(f"{_PKI}/apiserver-kubelet-client.crt")),
        key=str(files.path(f"{_PKI}/apiserver-kubelet-client.key")),
    )
    url = f"https://{host}:{arguments.get('secure-port', '6443')}/api/v1/namespaces/kube-system"
    namespace = request("GET", url, context=context, timeout_seconds=_TIMEOUT_SECONDS)
    return str(namespace.get("metadata", {}).get("uid", ""))
