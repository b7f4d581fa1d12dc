# SPDX-License-Identifier: GPL-3.0-or-later
"""The controllers behind pods, with their scale: who re-creates a pod, and how many there are to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pod import Controller, controller_of

# Kinds whose pods are re-created in a way that is known here. Anything else is somebody's own controller.
BUILT_IN = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("batch", "Job"),
        ("batch", "CronJob"),
        ("", "ReplicationController"),
        ("", "Node"),
    }
)


def is_built_in(controller: Controller) -> bool:
    """Whether the kind is one of Kubernetes' own."""
    group, slash, _version = controller.api_version.partition("/")
    return (group if slash else "", controller.kind) in BUILT_IN


@dataclass(frozen=True, slots=True)
class Workload:
    """A controller of pods, or of ReplicaSets.

    ``replicas`` is how many pods it wants (a Job: at the same time), None for kinds without such a number; ``owner`` is
    what controls it in turn. ``deleting``: it is going itself; ``suspended``: a Job that wants no pods for now;
    ``changing``: what it wants and what it last reported differ, as during a rollout; ``ordered``: a StatefulSet that
    makes a pod only when all before it are ready. ``contact`` is whom to call, as its label or annotation says.
    """

    kind: str
    namespace: str
    name: str
    uid: str
    replicas: int | None
    owner: Controller | None = None
    deleting: bool = False
    suspended: bool = False
    changing: bool = False
    ordered: bool = False
    contact: str = ""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def wanted(self) -> int | None:
        """How many pods are to be, with regard to what ends it."""
        return 0 if self.deleting or self.suspended else self.replicas

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], kind: str, contact_key: str = "") -> Workload:
        """``kind`` is said because items of a list do not say theirs; ``contact_key`` as ``contact_of`` has it."""
        metadata, spec, status = raw["metadata"], raw.get("spec") or {}, raw.get("status") or {}
        replicas = _replicas(kind, spec)
        return cls(
            kind=kind,
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata["uid"],
            replicas=replicas,
            owner=controller_of(metadata),
            deleting="deletionTimestamp" in metadata,
            suspended=kind == "Job" and bool(spec.get("suspend")),
            changing=kind not in ("Job", "DaemonSet") and _changing(kind, metadata, status, replicas),
            ordered=kind == "StatefulSet" and spec.get("podManagementPolicy") != "Parallel",
            contact=contact_of(metadata, contact_key),
        )


def contact_of(metadata: Mapping[str, Any], key: str) -> str:
    """Whom to call about an object: the value of its annotation or label ``key``."""
    if not key:
        return ""
    return (metadata.get("annotations") or {}).get(key) or (metadata.get("labels") or {}).get(key) or ""


def _replicas(kind: str, spec: Mapping[str, Any]) -> int | None:
    if kind == "DaemonSet":
        return None
    value = spec.get("parallelism" if kind == "Job" else "replicas")
    return 1 if value is None else int(value)


def _changing(kind: str, metadata: Mapping[str, Any], status: Mapping[str, Any], replicas: int | None) -> bool:
    if status.get("observedGeneration", 0) < metadata.get("generation", 0):
        return True
    if kind == "Deployment" and status.get("updatedReplicas", 0) != replicas:
        return True
    return bool(status.get("replicas", 0) != replicas)


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler: between ``lowest`` and ``highest`` pods, as load has it."""

    namespace: str
    name: str
    target_kind: str
    target_name: str
    lowest: int
    highest: int

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Autoscaler:
        metadata, spec = raw["metadata"], raw["spec"]
        target, lowest = spec["scaleTargetRef"], spec.get("minReplicas")
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            target_kind=target["kind"],
            target_name=target["name"],
            lowest=1 if lowest is None else lowest,
            highest=spec["maxReplicas"],
        )
