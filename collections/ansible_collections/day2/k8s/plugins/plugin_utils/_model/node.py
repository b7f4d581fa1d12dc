# SPDX-License-Identifier: GPL-3.0-or-later
"""The Node as planning and gates see it, parsed once from the API's raw JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .annotations import PREFIX, Claim, CordonOwner, Journal
from .quantity import amount
from .taint import Taint
from .version import KubernetesVersion

CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"
ZONE_LABEL = "topology.kubernetes.io/zone"
CONFIG_MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True, slots=True)
class Node:
    """One Node.

    ``ready`` is None where the kubelet's state is unknown; ``annotations`` holds only our own; ``allocatable`` is by
    resource, cpu in millicores.
    """

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
    allocatable: Mapping[str, int] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Node:
        metadata, spec, status = raw["metadata"], raw.get("spec") or {}, raw.get("status", {})
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
            unschedulable=bool(spec.get("unschedulable")),
            zone=labels.get(ZONE_LABEL, ""),
            labels=labels,
            annotations={k: v for k, v in (metadata.get("annotations") or {}).items() if k.startswith(PREFIX)},
            allocatable={name: amount(name, value) for name, value in (status.get("allocatable") or {}).items()},
            taints=tuple(Taint.from_api(taint) for taint in spec.get("taints") or ()),
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
