# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests hold in their hands: a running control plane with nodes, workloads and the product's own identity."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from . import objects
from .audit import AuditLog
from .control_plane import ControlPlane
from .wait import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
RBAC = REPOSITORY / "collections/ansible_collections/day2/k8s/manifests/rbac.yaml"
PRODUCT = "system:serviceaccount:day2-system:day2"

# Where the kinds that tests create are found.
_COLLECTIONS = {
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "ConfigMap": "/api/v1/namespaces/{namespace}/configmaps",
    "DaemonSet": "/apis/apps/v1/namespaces/{namespace}/daemonsets",
    "Deployment": "/apis/apps/v1/namespaces/{namespace}/deployments",
    "Job": "/apis/batch/v1/namespaces/{namespace}/jobs",
    "Lease": "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases",
    "Namespace": "/api/v1/namespaces",
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/namespaces/{namespace}/pods",
    "PersistentVolume": "/api/v1/persistentvolumes",
    "PersistentVolumeClaim": "/api/v1/namespaces/{namespace}/persistentvolumeclaims",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings",
    "ServiceAccount": "/api/v1/namespaces/{namespace}/serviceaccounts",
    "StatefulSet": "/apis/apps/v1/namespaces/{namespace}/statefulsets",
}


class Cluster:
    """A cluster; ``control_plane`` has the processes, ``admin`` every right, ``product_kubeconfig`` only ours."""

    def __init__(self, control_plane: ControlPlane | None = None) -> None:
        self.control_plane = control_plane or ControlPlane()
        self.admin = self.control_plane.admin
        self.admin_kubeconfig = self.control_plane.admin_kubeconfig

    def start(self) -> None:
        """Start the processes and install the product's namespace and identity, from the manifest users apply."""
        self.control_plane.start()
        try:
            self._install_product()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.control_plane.stop()

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def server(self) -> str:
        return self.control_plane.server

    @property
    def audit(self) -> AuditLog:
        return self.control_plane.audit

    @property
    def uid(self) -> str:
        """The uid of ``kube-system``, by which an inventory names its cluster."""
        uid: str = self.admin.get("/api/v1/namespaces/kube-system")["metadata"]["uid"]
        return uid

    def create(self, manifest: Mapping[str, Any], namespace: str = "") -> dict[str, Any]:
        """Create an object and return it as stored; ``namespace`` defaults to the manifest's own."""
        namespace = namespace or manifest["metadata"].get("namespace", "")
        collection = _COLLECTIONS[manifest["kind"]].format(namespace=namespace)
        created: dict[str, Any] = self.admin.post(collection, manifest)
        return created

    def create_namespace(self, name: str) -> None:
        """Create a namespace in which pods can be created at once."""
        self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        eventually(f"the default service account of {name}", lambda: self.admin.exists(account))

    def create_node(
        self,
        name: str,
        *,
        kubelet_version: str = "1.35.4",
        machine: str | None = None,
        internal_ip: str = "10.10.0.1",
        ready: bool = True,
        pods: int = 110,
        cpu: str = "16",
        **metadata: Any,
    ) -> dict[str, Any]:
        """Create a Node and wait until its state has reached the taints; ``metadata`` as objects.node.

        A node that is not ready has a kubelet that says so; see :meth:`silence` for one that says nothing.
        """
        self.create(objects.node(name, **metadata))
        status = objects.node_status(
            name,
            kubelet_version=kubelet_version,
            machine=machine,
            internal_ip=internal_ip,
            ready=ready,
            pods=pods,
            cpu=cpu,
        )
        self.admin.merge(f"/api/v1/nodes/{name}/status", {"status": status})
        eventually(f"the taints of node {name} follow its state", lambda: self._settled(name, ready))
        return self.node(name)

    def node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.admin.get(f"/api/v1/nodes/{name}")
        return found

    def set_node_ready(self, name: str, ready: bool) -> None:
        """Let the kubelet of a node report another state."""
        self.admin.merge(f"/api/v1/nodes/{name}/status", {"status": {"conditions": [objects.ready_condition(ready)]}})
        eventually(f"the taints of node {name} follow its state", lambda: self._settled(name, ready))

    def set_kubelet_version(self, name: str, version: str) -> None:
        """Let a node come back with another kubelet."""
        info = {**self.node(name)["status"]["nodeInfo"], "kubeletVersion": f"v{version}"}
        self.admin.merge(f"/api/v1/nodes/{name}/status", {"status": {"nodeInfo": info}})

    def pods(self, namespace: str = "", *, node: str = "", **labels: str) -> list[dict[str, Any]]:
        """Return the pods of a namespace (of all, by default), on a node, with labels."""
        query = {}
        if node:
            query["fieldSelector"] = f"spec.nodeName={node}"
        if labels:
            query["labelSelector"] = ",".join(f"{key}={value}" for key, value in labels.items())
        path = f"/api/v1/namespaces/{namespace}/pods" if namespace else "/api/v1/pods"
        return self.admin.list(path, **query)

    def wait_for_pods(self, namespace: str, count: int, *, ready: bool = True, **labels: str) -> list[dict[str, Any]]:
        """Wait for exactly ``count`` pods that run, and are ready or (``ready=False``) are not; returns them."""

        def look() -> list[dict[str, Any]]:
            pods = [p for p in self.pods(namespace, **labels) if "deletionTimestamp" not in p["metadata"]]
            wanted = [p for p in pods if p["status"].get("phase") == "Running" and is_ready(p) is ready]
            return wanted if len(wanted) == len(pods) == count else []

        return eventually(f"{count} pods {labels} run in {namespace}", look)

    def wait_for_budget(self, namespace: str, name: str, allowed: int) -> None:
        """Wait until the controller has computed that ``allowed`` disruptions are allowed."""
        path = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/{name}"

        def look() -> bool:
            found = self.admin.get(path)
            status = found.get("status") or {}
            return (
                status.get("observedGeneration") == found["metadata"]["generation"]
                and status.get("disruptionsAllowed") == allowed
            )

        eventually(f"budget {namespace}/{name} allows {allowed}", look)

    def _settled(self, name: str, ready: bool) -> bool:
        taints = {taint["key"] for taint in self.node(name)["spec"].get("taints") or ()}
        return ("node.kubernetes.io/not-ready" in taints) is not ready

    def _install_product(self) -> None:
        for manifest in yaml.safe_load(RBAC.read_text(encoding="utf-8"))["items"]:
            self.create(manifest)
        _, namespace, account = PRODUCT.removeprefix("system:").split(":")
        answer = self.admin.post(
            f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 36000}},
        )
        self.product_token: str = answer["status"]["token"]
        self.product_kubeconfig = self.control_plane.kubeconfig("product", self.product_token)


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether the pod counts as ready."""
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions") or ())
