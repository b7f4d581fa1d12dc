# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod as drains and gates see it, parsed once from the API's raw JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .node import CONFIG_MIRROR


@dataclass(frozen=True, slots=True)
class Controller:
    """The owner reference with ``controller: true``."""

    api_version: str
    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Pod:
    """One Pod.

    ``grace_period_seconds`` is the one of its spec; ``restarts`` sums its containers; ``finalizers`` are what keeps a
    terminating pod from going.
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

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def finished(self) -> bool:
        return self.phase in ("Succeeded", "Failed")

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Pod:
        metadata, spec, status = raw["metadata"], raw["spec"], raw.get("status", {})
        owner = next((o for o in metadata.get("ownerReferences") or () if o.get("controller")), None)
        grace = spec.get("terminationGracePeriodSeconds")
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata["uid"],
            node=spec.get("nodeName", ""),
            phase=status.get("phase", "Unknown"),
            ready=any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ()),
            terminating="deletionTimestamp" in metadata,
            mirror=CONFIG_MIRROR in (metadata.get("annotations") or {}),
            controller=Controller(owner["apiVersion"], owner["kind"], owner["name"], owner["uid"]) if owner else None,
            labels=metadata.get("labels") or {},
            grace_period_seconds=30 if grace is None else grace,
            priority=spec.get("priority") or 0,
            empty_dir_volumes=tuple(v["name"] for v in spec.get("volumes") or () if "emptyDir" in v),
            images=tuple(c["image"] for c in spec.get("containers") or ()),
            restarts=sum(c.get("restartCount", 0) for c in status.get("containerStatuses") or ()),
            finalizers=tuple(metadata.get("finalizers") or ()),
        )
