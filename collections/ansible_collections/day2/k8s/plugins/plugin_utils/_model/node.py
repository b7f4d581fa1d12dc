# SPDX-License-Identifier: GPL-3.0-or-later
"""The Node as planning and gates see it, parsed once from the API's raw JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .annotations import PREFIX, Claim, CordonOwner, Journal
from .version import KubernetesVersion

CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"
ZONE_LABEL = "topology.kubernetes.io/zone"
CONFIG_MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True, slots=True)
class Node:
    """One Node. ``ready`` is None where the kubelet's state is unknown; ``annotations`` holds only our own."""

    name: str
    uid: str
    machine_id: str
    internal_ips: tuple[str, ...]
    kubelet_version: KubernetesVersion
    control_plane: bool
    ready: bool | None
    unschedulable: bool
    zone: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Node:
        metadata, status = raw["metadata"], raw.get("status", {})
        labels = metadata.get("labels") or {}
        info = status.get("nodeInfo") or {}
        return cls(
            name=metadata["name"],
            uid=metadata["uid"],
            machine_id=info.get("machineID", ""),
            internal_ips=tuple(a["address"] for a in status.get("addresses") or () if a["type"] == "InternalIP"),
            kubelet_version=KubernetesVersion.parse(info["kubeletVersion"]),
            control_plane=CONTROL_PLANE_LABEL in labels,
            ready=_ready(status),
            unschedulable=bool(raw.get("spec", {}).get("unschedulable")),
            zone=labels.get(ZONE_LABEL, ""),
            labels=labels,
            annotations={k: v for k, v in (metadata.get("annotations") or {}).items() if k.startswith(PREFIX)},
        )

    @property
    def out(self) -> bool:
        """Whether new pods cannot count on this node: not Ready, unknown, or cordoned by whomever."""
        return self.ready is not True or self.unschedulable

    @property
    def claim(self) -> Claim | None:
        return Claim.loads(self.annotations)

    @property
    def cordon_owner(self) -> CordonOwner | None:
        return CordonOwner.loads(self.annotations)

    @property
    def journal(self) -> Journal | None:
        return Journal.loads(self.annotations)


def _ready(status: Mapping[str, Any]) -> bool | None:
    for condition in status.get("conditions") or ():
        if condition["type"] == "Ready":
            return {"True": True, "False": False}.get(condition["status"])
    return None
