# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a forecast of drains reads, observed at one time: nodes, pods, budgets, and what is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .budget import Budget
from .interning import Interner
from .namespace import Namespace
from .node import Node
from .pod import Pod
from .volume import Claim, Volume
from .workload import Autoscaler, Workload

NODES = "/api/v1/nodes"
PODS = "/api/v1/pods"
NAMESPACES = "/api/v1/namespaces"
CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
BUDGETS = "/apis/policy/v1/poddisruptionbudgets"
AUTOSCALERS = "/apis/autoscaling/v2/horizontalpodautoscalers"
REPLICASETS = "/apis/apps/v1/replicasets"
DAEMONSETS = "/apis/apps/v1/daemonsets"
CONTROLLERS = {
    "/apis/apps/v1/deployments": "Deployment",
    REPLICASETS: "ReplicaSet",
    "/apis/apps/v1/statefulsets": "StatefulSet",
    DAEMONSETS: "DaemonSet",
    "/apis/batch/v1/jobs": "Job",
    "/api/v1/replicationcontrollers": "ReplicationController",
}
# All lists that are read, pods before their controllers: the controller of a pod that was just made is then not missed.
RESOURCES = (NODES, PODS, *CONTROLLERS, BUDGETS, NAMESPACES, CLAIMS, VOLUMES, AUTOSCALERS)


@dataclass(frozen=True, slots=True)
class Workloads:
    """``nodes`` and ``namespaces`` by name, ``controllers`` by uid, ``claims`` by ``namespace/name``.

    ``taken_at`` is ISO 8601 in UTC. ``listed`` are the resources that were read: what is missing among them does not
    exist, while of the others nothing is known. ``contact_key`` is the label or annotation that says whom to call.
    """

    taken_at: str
    nodes: Mapping[str, Node]
    pods: tuple[Pod, ...]
    budgets: tuple[Budget, ...] = ()
    controllers: Mapping[str, Workload] = field(default_factory=dict)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    autoscalers: tuple[Autoscaler, ...] = ()
    listed: frozenset[str] = frozenset(RESOURCES)
    contact_key: str = ""

    @property
    def missing_daemonsets(self) -> frozenset[str]:
        """Uids of DaemonSets that control a pod and no longer exist; none where DaemonSets were not listed."""
        if DAEMONSETS not in self.listed:
            return frozenset()
        uids = {pod.controller.uid for pod in self.pods if pod.controller and pod.controller.kind == "DaemonSet"}
        return frozenset(uids - self.controllers.keys())

    @classmethod
    def from_api(
        cls, objects: Mapping[str, Iterable[Mapping[str, Any]]], *, taken_at: str, contact_key: str = ""
    ) -> Workloads:
        """Raw objects by the path of their list (``RESOURCES``), each read once and not kept.

        ``contact_key`` is the label or annotation by which the cluster's people say whom to call about an object.
        """
        interner = Interner()

        def of(path: str) -> Iterable[Mapping[str, Any]]:
            return objects.get(path) or ()

        # Old ReplicaSets are kept by the dozen for rollbacks; they have no pods and say nothing here.
        controllers = (
            Workload.from_api(raw, kind, contact_key)
            for path, kind in CONTROLLERS.items()
            for raw in of(path)
            if kind != "ReplicaSet" or not is_history(raw)
        )
        return cls(
            taken_at=taken_at,
            nodes={node.name: node for node in map(Node.from_api, of(NODES))},
            pods=tuple(Pod.from_api(raw, interner) for raw in of(PODS)),
            budgets=tuple(Budget.from_api(raw, contact_key) for raw in of(BUDGETS)),
            controllers={workload.uid: workload for workload in controllers},
            namespaces={n.name: n for n in (Namespace.from_api(raw, contact_key) for raw in of(NAMESPACES))},
            claims={claim.key: claim for claim in map(Claim.from_api, of(CLAIMS))},
            volumes={volume.name: volume for volume in map(Volume.from_api, of(VOLUMES))},
            autoscalers=tuple(map(Autoscaler.from_api, of(AUTOSCALERS))),
            listed=frozenset(path for path in RESOURCES if path in objects),
            contact_key=contact_key,
        )


def is_history(raw: Mapping[str, Any]) -> bool:
    """Whether a ReplicaSet is only kept to roll back to."""
    return not (raw.get("spec") or {}).get("replicas", 1) and not (raw.get("status") or {}).get("replicas")
