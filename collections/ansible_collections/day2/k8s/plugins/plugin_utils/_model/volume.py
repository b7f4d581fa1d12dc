# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistent volumes and claims, as far as they say where a pod can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .scheduling import NodeTerms, node_terms

_ZONE_LABELS = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A PersistentVolumeClaim; ``volume`` is empty until it is bound, ``access_modes`` are those asked for."""

    namespace: str
    name: str
    volume: str
    access_modes: tuple[str, ...]
    storage_class: str

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def one_node(self) -> bool:
        """Whether its volume is mounted on one node at a time."""
        return bool(self.access_modes) and set(self.access_modes) <= {"ReadWriteOnce", "ReadWriteOncePod"}

    @property
    def one_pod(self) -> bool:
        return self.access_modes == ("ReadWriteOncePod",)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Claim:
        metadata, spec = raw["metadata"], raw.get("spec") or {}
        bound = (raw.get("status") or {}).get("phase") == "Bound"
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            volume=(spec.get("volumeName") or "") if bound else "",
            access_modes=tuple(spec.get("accessModes") or ()),
            storage_class=spec.get("storageClassName") or "",
        )


@dataclass(frozen=True, slots=True)
class Volume:
    """A PersistentVolume: ``node_affinity`` are the nodes it can be used from (None: any).

    ``zones`` are its topology labels, each with the values (``a__b`` means either) of which a node must have one.
    """

    name: str
    node_affinity: NodeTerms | None
    zones: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Volume:
        metadata, spec = raw["metadata"], raw.get("spec") or {}
        labels = metadata.get("labels") or {}
        return cls(
            name=metadata["name"],
            node_affinity=node_terms((spec.get("nodeAffinity") or {}).get("required")),
            zones=tuple((key, frozenset(labels[key].split("__"))) for key in _ZONE_LABELS if key in labels),
        )
