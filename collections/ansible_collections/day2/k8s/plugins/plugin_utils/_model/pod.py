# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod as drains, gates and forecasts see it, parsed once from the API's raw JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .interning import Interner
from .node import CONFIG_MIRROR
from .pod_spec import PodSpec


@dataclass(frozen=True, slots=True)
class Controller:
    """The owner reference with ``controller: true``."""

    api_version: str
    kind: str
    name: str
    uid: str


def controller_of(metadata: Mapping[str, Any]) -> Controller | None:
    """The object that controls the one with this metadata, if one does."""
    owner = next((o for o in metadata.get("ownerReferences") or () if o.get("controller")), None)
    return Controller(owner["apiVersion"], owner["kind"], owner["name"], owner["uid"]) if owner else None


@dataclass(frozen=True, slots=True)
class Pod:
    """One Pod.

    ``grace_period_seconds`` is the one of its spec; ``restarts`` sums its containers; ``finalizers`` are what keeps a
    terminating pod from going; ``claims`` are the persistent volume claims it uses and does not take with it,
    ``ephemeral_claims`` those of its generic ephemeral volumes, which go with it.
    Times are the API's (ISO 8601, UTC), empty where they do not apply: ``deletes_at`` is when the grace period of a
    terminating pod is over, ``unready_since`` since when a pod has not been ready. ``waiting`` is why a container does
    not run (``CrashLoopBackOff``).
    """

    namespace: str
    name: str
    uid: str
    node: str
    phase: str
    ready: bool
    terminating: bool
    mirror: bool
    controller: Controller | None
    labels: Mapping[str, str]
    grace_period_seconds: int
    priority: int
    empty_dir_volumes: tuple[str, ...]
    images: tuple[str, ...]
    restarts: int
    finalizers: tuple[str, ...] = ()
    spec: PodSpec = field(default_factory=PodSpec)
    claims: tuple[str, ...] = ()
    deletes_at: str = ""
    unready_since: str = ""
    waiting: str = ""
    ephemeral_claims: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def finished(self) -> bool:
        return self.phase in ("Succeeded", "Failed")

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], interner: Interner | None = None) -> Pod:
        """Pods that are read together share an ``interner``, and with it what is equal among them."""
        interner = interner or Interner()
        metadata, spec, status = raw["metadata"], raw["spec"], raw.get("status", {})
        grace = spec.get("terminationGracePeriodSeconds")
        namespace = interner.value(metadata["namespace"])
        labels = interner.labels(metadata.get("labels"))
        volumes = spec.get("volumes") or ()
        statuses = status.get("containerStatuses") or ()
        conditions: Iterable[Mapping[str, Any]] = status.get("conditions") or ()
        ready_condition: Mapping[str, Any] = next((c for c in conditions if c["type"] == "Ready"), {})
        ready = ready_condition.get("status") == "True"
        # A pod that the scheduler found no node for has no other condition than that.
        unready: Mapping[str, Any] = ready_condition or next((c for c in conditions if c["type"] == "PodScheduled"), {})
        controller = controller_of(metadata)
        return cls(
            namespace=namespace,
            name=metadata["name"],
            uid=metadata["uid"],
            node=interner.value(spec.get("nodeName", "")),
            phase=interner.value(status.get("phase", "Unknown")),
            ready=ready,
            terminating="deletionTimestamp" in metadata,
            mirror=CONFIG_MIRROR in (metadata.get("annotations") or {}),
            controller=interner.value(controller) if controller else None,
            labels=labels,
            grace_period_seconds=30 if grace is None else grace,
            priority=spec.get("priority") or 0,
            empty_dir_volumes=interner.value(tuple(v["name"] for v in volumes if "emptyDir" in v)),
            images=interner.value(tuple(c["image"] for c in spec.get("containers") or ())),
            restarts=sum(c.get("restartCount", 0) for c in statuses),
            finalizers=interner.value(tuple(metadata.get("finalizers") or ())),
            spec=interner.spec(_placed_freely(spec, controller), namespace, labels),
            claims=tuple(v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v),
            deletes_at=metadata.get("deletionTimestamp") or "",
            unready_since="" if ready else unready.get("lastTransitionTime") or "",
            waiting=interner.value(_waiting(statuses)),
            ephemeral_claims=tuple(f"{metadata['name']}-{v['name']}" for v in volumes if "ephemeral" in v),
        )


def _placed_freely(spec: Mapping[str, Any], controller: Controller | None) -> Mapping[str, Any]:
    """A DaemonSet binds each pod to its node by an affinity of its own, so that no two specs of it are equal."""
    if controller is None or controller.kind != "DaemonSet" or "nodeAffinity" not in (spec.get("affinity") or {}):
        return spec
    return {**spec, "affinity": {kind: terms for kind, terms in spec["affinity"].items() if kind != "nodeAffinity"}}


def _waiting(statuses: Iterable[Mapping[str, Any]]) -> str:
    states = (status.get("state", {}).get("waiting") for status in statuses)
    return next((state.get("reason") or "" for state in states if state), "")
