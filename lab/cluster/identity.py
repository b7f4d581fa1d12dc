# SPDX-License-Identifier: GPL-3.0-or-later
"""Who talks to a cluster: the product's own identity, with its RBAC and nothing more, and the administrator.

Tests and playbooks use the product's kubeconfig; the administrator's is for the lab itself and for people.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from lab.cluster import bootstrap, haproxy, nodes
from lab.cluster.record import ClusterRecord
from lab.errors import CommandError, LabError
from lab.host import api, paths

RBAC_MANIFEST = (
    Path(__file__).parents[2] / "collections" / "ansible_collections" / "day2" / "k8s" / "manifests" / "rbac.yaml"
)
_TOKEN_SECRET = Path(__file__).parents[1] / "files" / "token-secret.yaml"
_SECRET_PATH = "/api/v1/namespaces/day2-system/secrets/day2-token"


def admin_kubeconfig(record: ClusterRecord) -> Path:
    """Path of the administrator's kubeconfig."""
    return record.directory / "admin.kubeconfig"


def product_kubeconfig(record: ClusterRecord) -> Path:
    """Path of the kubeconfig that the product works with."""
    return record.directory / "day2.kubeconfig"


def fetch_admin(record: ClusterRecord) -> str:
    """Store the administrator's kubeconfig and return the cluster's uid."""
    first = record.control_planes[0]
    content = nodes.shell(first, f"cat {bootstrap.ADMIN_CONF}")
    paths.write_private(admin_kubeconfig(record), content)
    return cluster_uid(record)


def cluster_uid(record: ClusterRecord) -> str:
    """The uid of kube-system, which names the cluster."""
    namespace = api.get(api.access(admin_kubeconfig(record)), "/api/v1/namespaces/kube-system")
    return str(namespace["metadata"]["uid"])


def apply(
    record: ClusterRecord,
    manifest: str,
    *,
    timeout_seconds: float = 180,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Apply manifests as administrator, again if need be: while members join, etcd may not answer for a moment."""
    deadline = clock() + timeout_seconds
    while True:
        try:
            nodes.exec_kubectl(record.control_planes[0], "apply", "--server-side", "-f", "-", stdin=manifest)
            return
        except CommandError:
            if clock() > deadline:
                raise
            sleep(2)


def create_product_identity(record: ClusterRecord, *, timeout_seconds: float = 180) -> None:
    """Apply the product's RBAC and write its kubeconfig, with a token that lasts as long as the cluster."""
    apply(record, f"{RBAC_MANIFEST.read_text(encoding='utf-8')}\n{_TOKEN_SECRET.read_text(encoding='utf-8')}")
    admin = api.access(admin_kubeconfig(record))
    deadline = time.monotonic() + timeout_seconds
    while "token" not in (data := _read_token(admin)):
        if time.monotonic() > deadline:
            raise LabError(f"no token for the product's identity within {timeout_seconds:.0f} s")
        time.sleep(0.2)
    text = render_kubeconfig(
        cluster=record.name,
        server=haproxy.api_url(record),
        ca_data=str(data["ca.crt"]),
        token=base64.b64decode(data["token"]).decode(),
    )
    paths.write_private(product_kubeconfig(record), text)


def _read_token(admin: api.Access) -> dict[str, str]:
    """The token's secret, empty until there is one; an API that does not answer for a moment is asked again."""
    try:
        return api.get(admin, _SECRET_PATH).get("data") or {}
    except api.ApiError:
        return {}


def render_kubeconfig(*, cluster: str, server: str, ca_data: str, token: str) -> str:
    """A kubeconfig of one cluster and one user, who has a token; `ca_data` is base64."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster, "cluster": {"server": server, "certificate-authority-data": ca_data}}],
            "users": [{"name": "day2", "user": {"token": token}}],
            "contexts": [{"name": f"day2@{cluster}", "context": {"cluster": cluster, "user": "day2"}}],
            "current-context": f"day2@{cluster}",
        },
        sort_keys=False,
    )
