# SPDX-License-Identifier: GPL-3.0-or-later
"""A small cluster with workloads on it, for tests of what is planned: a busy budget, a hopeless one, no room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import (
    BUDGETS,
    CONTROLLERS,
    NAMESPACES,
    NODES,
    PODS,
    RESOURCES,
    Workloads,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, cluster, node_json

OWNER = "example.com/owner"
WORKERS = ("w1", "w2", "w3")
_ZONES = {"w1": "a", "w2": "b", "w3": "a"}
_KINDS = {kind: path for path, kind in CONTROLLERS.items()}

Objects = dict[str, list[dict[str, Any]]]


def objects(*of: Objects) -> Objects:
    """Together, by the path of their list; every list is there."""
    together: Objects = {path: [] for path in RESOURCES}
    for each in of:
        for path, found in each.items():
            together[path] = [*together[path], *found]
    return together


def nodes(*, cpu: str = "4", workers: Iterable[str] = WORKERS) -> Objects:
    """Three control planes that take no pods, and workers of ``cpu`` each."""
    control_plane = [_sized(node_json(name, control_plane=True), cpu) for name in ("cp1", "cp2", "cp3")]
    for node in control_plane:
        node["spec"]["taints"] = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    others = [_sized(node_json(name, zone=_ZONES.get(name, "")), cpu) for name in workers]
    return {NODES: [*control_plane, *others]}


def workload(
    name: str,
    on: Iterable[str],
    *,
    kind: str = "Deployment",
    cpu: str = "100m",
    grace: int = 30,
    selector: Mapping[str, str] | None = None,
    owner: str = "",
) -> Objects:
    """A controller in namespace ``shop`` with one ready pod on each node of ``on``; ``owner`` is whom to call."""
    on = tuple(on)
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "generation": 1}
    if owner:
        metadata["annotations"] = {OWNER: owner}
    status = {"observedGeneration": 1, "replicas": len(on), "updatedReplicas": len(on), "readyReplicas": len(on)}
    controller = {"metadata": metadata, "spec": {"replicas": len(on)}, "status": status}
    direct: Objects = {_KINDS[kind]: [controller]}
    owned_by, uid, group = kind, f"uid-{name}", "apps/v1"
    if kind == "Deployment":
        owned_by, uid = "ReplicaSet", f"uid-{name}-rs"
        replica_set = {
            "metadata": {**metadata, "uid": uid, "ownerReferences": [_reference("Deployment", name, f"uid-{name}")]},
            "spec": controller["spec"],
            "status": status,
        }
        direct[_KINDS["ReplicaSet"]] = [replica_set]
    pods = [
        {
            "metadata": {
                "name": f"{name}-{number}",
                "namespace": "shop",
                "uid": f"uid-{name}-{number}",
                "labels": {"app": name},
                "ownerReferences": [{**_reference(owned_by, name, uid), "apiVersion": group}],
            },
            "spec": {
                "nodeName": node,
                "terminationGracePeriodSeconds": grace,
                "nodeSelector": dict(selector or {}),
                "containers": [{"image": "registry.invalid/sample:1", "resources": {"requests": {"cpu": cpu}}}],
            },
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        }
        for number, node in enumerate(on)
    ]
    return {**direct, PODS: pods}


def budget(name: str, pods: int, **spec: Any) -> Objects:
    """Of the pods of workload ``name``, all of them ready; ``spec`` has ``maxUnavailable`` or ``minAvailable``."""
    desired = spec["minAvailable"] if "minAvailable" in spec else pods - spec["maxUnavailable"]
    raw = {
        "metadata": {"name": name, "namespace": "shop", "generation": 1},
        "spec": {"selector": {"matchLabels": {"app": name}}, **spec},
        "status": {
            "observedGeneration": 1,
            "expectedPods": pods,
            "currentHealthy": pods,
            "desiredHealthy": desired,
            "disruptionsAllowed": max(0, pods - desired),
        },
    }
    return {BUDGETS: [raw]}


def snapshot(*of: Objects, **options: Any) -> Snapshot:
    """As ``cluster`` of the builders, with the workloads of these objects on it."""
    found = objects(nodes(), {NAMESPACES: [{"metadata": {"name": "shop"}}]}, *of)
    workloads = Workloads.from_api(found, taken_at=AT, contact_key=OWNER)
    return replace(cluster(**options), nodes=workloads.nodes, workloads=workloads, deprecated_apis=())


def _sized(node: dict[str, Any], cpu: str) -> dict[str, Any]:
    node["metadata"]["labels"]["kubernetes.io/hostname"] = node["metadata"]["name"]
    node["status"]["allocatable"] = {"cpu": cpu, "memory": "16Gi", "pods": "110"}
    return node


def _reference(kind: str, name: str, uid: str) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": True}
