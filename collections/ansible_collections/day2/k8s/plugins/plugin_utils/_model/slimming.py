# SPDX-License-Identifier: GPL-3.0-or-later
"""What a snapshot keeps of the API's objects: exactly what the models read, and nothing that may be secret.

No Secret and no ConfigMap is ever read; of containers neither commands, arguments nor environment are kept, and of
annotations only this product's own, the mark of static pods and the one by which people say whom to call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .annotations import PREFIX
from .node import CONFIG_MIRROR
from .workloads import AUTOSCALERS, BUDGETS, CLAIMS, CONTROLLERS, NAMESPACES, NODES, PODS, VOLUMES

_OBJECT = ("metadata.name", "metadata.namespace")
_OWNERS = tuple(f"metadata.ownerReferences.{field}" for field in ("apiVersion", "kind", "name", "uid", "controller"))
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_CONTAINER = ("resources.requests", "ports.hostPort", "ports.hostIP", "ports.protocol")
_CONTROLLER = (
    *_OBJECT,
    *_OWNERS,
    "metadata.uid",
    "metadata.generation",
    "metadata.deletionTimestamp",
    "spec.replicas",
    "spec.parallelism",
    "spec.suspend",
    "spec.podManagementPolicy",
    "status.observedGeneration",
    "status.replicas",
    "status.updatedReplicas",
)

# By the path of their list, the fields that are kept, with all that is below them. Lists are looked through.
FIELDS: Mapping[str, tuple[str, ...]] = {
    NODES: (
        "metadata.name",
        "metadata.uid",
        "metadata.labels",
        "spec.unschedulable",
        "spec.taints.key",
        "spec.taints.value",
        "spec.taints.effect",
        "status.addresses.type",
        "status.addresses.address",
        "status.allocatable",
        "status.conditions.type",
        "status.conditions.status",
        "status.nodeInfo.kubeletVersion",
        "status.nodeInfo.machineID",
    ),
    PODS: (
        *_OBJECT,
        *_OWNERS,
        "metadata.uid",
        "metadata.labels",
        "metadata.finalizers",
        "metadata.deletionTimestamp",
        "spec.nodeName",
        "spec.terminationGracePeriodSeconds",
        "spec.priority",
        "spec.preemptionPolicy",
        "spec.schedulerName",
        "spec.schedulingGates.name",
        "spec.resourceClaims.name",
        "spec.nodeSelector",
        "spec.tolerations",
        "spec.topologySpreadConstraints",
        f"spec.affinity.nodeAffinity.{_REQUIRED}",
        f"spec.affinity.podAffinity.{_REQUIRED}",
        f"spec.affinity.podAntiAffinity.{_REQUIRED}",
        "spec.overhead",
        "spec.resources.requests",
        "spec.containers.image",
        *(f"spec.containers.{field}" for field in _CONTAINER),
        "spec.initContainers.restartPolicy",
        *(f"spec.initContainers.{field}" for field in _CONTAINER),
        "spec.volumes.name",
        "spec.volumes.emptyDir",
        "spec.volumes.persistentVolumeClaim.claimName",
        "spec.volumes.ephemeral.volumeClaimTemplate.spec.accessModes",
        "status.phase",
        "status.conditions.type",
        "status.conditions.status",
        "status.conditions.lastTransitionTime",
        "status.containerStatuses.restartCount",
        "status.containerStatuses.state.waiting.reason",
    ),
    **dict.fromkeys(CONTROLLERS, _CONTROLLER),
    BUDGETS: (
        *_OBJECT,
        *_OWNERS,
        "metadata.generation",
        "spec.selector",
        "spec.minAvailable",
        "spec.maxUnavailable",
        "spec.unhealthyPodEvictionPolicy",
        "status.observedGeneration",
        "status.expectedPods",
        "status.desiredHealthy",
        "status.currentHealthy",
        "status.disruptionsAllowed",
        "status.disruptedPods",
        "status.conditions.type",
        "status.conditions.reason",
    ),
    NAMESPACES: ("metadata.name", "metadata.labels", "metadata.deletionTimestamp"),
    CLAIMS: (*_OBJECT, "spec.volumeName", "spec.accessModes", "spec.storageClassName", "status.phase"),
    VOLUMES: ("metadata.name", "metadata.labels", "spec.nodeAffinity.required"),
    AUTOSCALERS: (
        *_OBJECT,
        "spec.scaleTargetRef.kind",
        "spec.scaleTargetRef.name",
        "spec.minReplicas",
        "spec.maxReplicas",
    ),
}

_Tree = dict[str, "_Tree"]  # a field without any below it is kept whole


def slim(raw: Mapping[str, Any], path: str, contact_key: str = "") -> dict[str, Any]:
    """The object without what nobody reads; ``path`` is that of its list, ``contact_key`` as the models take it."""
    slimmed: dict[str, Any] = _kept(raw, _TREES[path])
    metadata = raw["metadata"]
    annotations = _annotations(metadata.get("annotations") or {}, contact_key)
    if annotations:
        slimmed["metadata"]["annotations"] = annotations
    contact = (metadata.get("labels") or {}).get(contact_key)
    if contact is not None:
        slimmed["metadata"].setdefault("labels", {})[contact_key] = contact
    return slimmed


def _annotations(annotations: Mapping[str, str], contact_key: str) -> dict[str, str]:
    kept = {key: value for key, value in annotations.items() if key.startswith(PREFIX) or key == contact_key}
    # Its value, a digest of the manifest, is of no use to anybody.
    return {**kept, CONFIG_MIRROR: ""} if CONFIG_MIRROR in annotations else kept


def _kept(value: Any, tree: _Tree) -> Any:
    if not tree or value is None:
        return value
    if isinstance(value, list):
        return [_kept(item, tree) for item in value]
    return {field: _kept(value[field], below) for field, below in tree.items() if field in value}


def _tree(fields: Iterable[str]) -> _Tree:
    tree: _Tree = {}
    for field in fields:
        place = tree
        for name in field.split("."):
            place = place.setdefault(name, {})
    return tree


_TREES = {path: _tree(fields) for path, fields in FIELDS.items()}
