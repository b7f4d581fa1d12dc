# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the cluster into a Snapshot. Lists are paged and parsed at once; nothing raw is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from .._model.budget import Budget
from .._model.deprecated_api import DeprecatedApi, requested
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.leader_lease import LeaderLease
from .._model.node import Node
from .._model.pod import Pod
from .._model.snapshot import KubeadmConfig, Snapshot
from .._model.version import KubernetesVersion
from .._model.workloads import AUTOSCALERS, BUDGETS, CONTROLLERS, DAEMONSETS, NODES, PODS, Workloads
from .lists import ApiLists
from .nodes import read
from .snapshot_directory import SnapshotDirectory
from .transport import ApiError, Transport

LEADERS = ("kube-controller-manager", "kube-scheduler")


def snapshot(transport: Transport, *, now_iso: str) -> Snapshot:
    """Everything but the hosts. Raises ApiError, and Day2Error D2-CLUSTER-005 on a cluster not made by kubeadm."""
    return Snapshot(
        cluster_uid=cluster_uid(transport),
        taken_at=now_iso,
        api_version=api_version(transport),
        kubeadm=kubeadm_config(transport),
        nodes=nodes(transport),
        system_pods=tuple(Pod.from_api(raw) for raw in transport.pages("/api/v1/namespaces/kube-system/pods")),
    )


def with_workloads(transport: Transport, *, now_iso: str, contact_key: str = "") -> Snapshot:
    """As ``snapshot``, with everything that drains are forecast from: all pods, and what is behind them.

    ``contact_key`` is the label or annotation by which the cluster's people say whom to call about an object.
    """
    return Snapshot(
        cluster_uid=cluster_uid(transport),
        taken_at=now_iso,
        api_version=api_version(transport),
        kubeadm=kubeadm_config(transport),
        deprecated_apis=deprecated_apis(transport),
        **_of_workloads(Workloads.from_api(ApiLists(transport), taken_at=now_iso, contact_key=contact_key)),
    )


def around(transport: Transport, node_name: str, nodes: Mapping[str, Node], *, now_iso: str) -> Workloads:
    """What stands in the way of one node's drain for good: its pods, the budgets, and all that used-up ones cover.

    Much less than everything, so that it can be read before each admission. ``nodes`` are all Nodes. DaemonSets are not
    read: whether that of a pod is gone is the drain's to find out.
    """
    pods = list(transport.pages(PODS, {"fieldSelector": f"spec.nodeName={node_name}"}))
    raw_budgets = list(transport.pages(BUDGETS))
    used_up = [budget for budget in map(Budget.from_api, raw_budgets) if budget.disruptions_allowed <= 0]
    covered = {pod.namespace for pod in map(Pod.from_api, pods) if any(b.covers(pod) for b in used_up)}
    by_uid = {raw["metadata"]["uid"]: raw for raw in (*pods, *_of_namespaces(transport, PODS, covered))}
    behind = [path for path in (*CONTROLLERS, AUTOSCALERS) if path != DAEMONSETS]
    lists = {path: list(_of_namespaces(transport, path, covered)) for path in behind}
    workloads = Workloads.from_api({PODS: by_uid.values(), BUDGETS: raw_budgets, **lists}, taken_at=now_iso)
    return replace(workloads, nodes=nodes, listed=workloads.listed | {NODES})


def _of_namespaces(transport: Transport, path: str, namespaces: Iterable[str]) -> Iterator[dict[str, Any]]:
    group, _slash, plural = path.rpartition("/")
    for namespace in sorted(namespaces):
        yield from transport.pages(f"{group}/namespaces/{namespace}/{plural}")


def stored(directory: Path, *, contact_key: str = "") -> Snapshot:
    """The snapshot in a directory, with its hosts. Raises Day2Error D2-INPUT-002 for what is none."""
    found = SnapshotDirectory(directory)
    index = found.index
    return Snapshot(
        cluster_uid=index.cluster_uid,
        taken_at=index.taken_at,
        api_version=index.api_version,
        kubeadm=index.kubeadm,
        hosts=found.hosts(),
        packages_for=index.packages_for,
        deprecated_apis=index.deprecated_apis,
        **_of_workloads(Workloads.from_api(found, taken_at=index.taken_at, contact_key=contact_key)),
    )


def _of_workloads(workloads: Workloads) -> dict[str, Any]:
    return {
        "workloads": workloads,
        "nodes": workloads.nodes,
        "system_pods": tuple(pod for pod in workloads.pods if pod.namespace == "kube-system"),
    }


def cluster_uid(transport: Transport) -> str:
    """What names a cluster: the uid of its kube-system namespace."""
    return str(transport.request("GET", "/api/v1/namespaces/kube-system")["metadata"]["uid"])


def api_version(transport: Transport) -> KubernetesVersion:
    """The version of the one API server that happened to answer."""
    return KubernetesVersion.parse(transport.request("GET", "/version")["gitVersion"])


def deprecated_apis(transport: Transport) -> tuple[DeprecatedApi, ...] | None:
    """Those that were asked for since the one API server that answers has started; None where it does not tell."""
    try:
        return requested(str(transport.request("GET", "/metrics", timeout=30.0).get("text", "")))
    except ApiError as error:
        if error.status in (403, 404):
            return None
        raise


def leader_leases(transport: Transport) -> tuple[LeaderLease, ...]:
    """Of the controller-managers and the schedulers; those that do not exist, or may not be read, are left out."""
    found = []
    for name in LEADERS:
        try:
            raw = transport.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{name}")
        except ApiError as error:
            if error.status not in (403, 404):
                raise
        else:
            found.append(LeaderLease.from_api(raw))
    return tuple(found)


def nodes(transport: Transport) -> dict[str, Node]:
    """All Nodes by name."""
    return {node.name: node for node in map(Node.from_api, transport.pages("/api/v1/nodes"))}


def node(transport: Transport, name: str) -> Node:
    """One Node; raises Day2Error D2-NODE-001 where there is none."""
    return Node.from_api(read(transport, name))


def budgets(transport: Transport) -> tuple[Budget, ...]:
    """All PodDisruptionBudgets."""
    return tuple(map(Budget.from_api, transport.pages("/apis/policy/v1/poddisruptionbudgets")))


def kubeadm_config(transport: Transport) -> KubeadmConfig:
    """The ClusterConfiguration that kubeadm keeps in the cluster and rewrites at the end of each upgrade."""
    try:
        data = transport.request("GET", "/api/v1/namespaces/kube-system/configmaps/kubeadm-config").get("data") or {}
    except ApiError as error:
        if error.status == 404:
            raise _not_kubeadm("kube-system has no ConfigMap kubeadm-config") from error
        raise
    try:
        raw: Mapping[str, Any] = yaml.safe_load(data["ClusterConfiguration"])
        return KubeadmConfig(
            kubernetes_version=KubernetesVersion.parse(raw["kubernetesVersion"]),
            control_plane_endpoint=raw.get("controlPlaneEndpoint") or "",
            external_etcd="external" in (raw.get("etcd") or {}),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise _not_kubeadm(f"its ClusterConfiguration cannot be read: {error!r}") from error


def _not_kubeadm(message: str) -> Day2Error:
    return Day2Error(
        Finding(
            code="D2-CLUSTER-005",
            subject="ConfigMap/kube-system/kubeadm-config",
            message=message,
            why="the installed version and the kind of etcd are read there; without them no upgrade can be planned",
            remedy="restore the ConfigMap (kubeadm init phase upload-config); other clusters are not supported",
        )
    )
