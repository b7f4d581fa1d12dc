# SPDX-License-Identifier: GPL-3.0-or-later
"""Taints of nodes and what pods tolerate of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# What a cordon puts on a node, and what pods have to tolerate to be scheduled there all the same.
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"


@dataclass(frozen=True, slots=True)
class Taint:
    """``effect`` is NoSchedule, PreferNoSchedule or NoExecute."""

    key: str
    value: str
    effect: str

    @property
    def keeps_out(self) -> bool:
        """Whether pods that do not tolerate it are not scheduled to the node."""
        return self.effect in ("NoSchedule", "NoExecute")

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Taint:
        return cls(raw["key"], raw.get("value") or "", raw["effect"])


CORDON = Taint(UNSCHEDULABLE, "", "NoSchedule")


@dataclass(frozen=True, slots=True)
class Toleration:
    """Empty ``key`` (with Exists) tolerates every taint, empty ``effect`` every effect."""

    key: str
    operator: str
    value: str
    effect: str

    def tolerates(self, taint: Taint) -> bool:
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        return self.operator == "Exists" or (self.operator == "Equal" and self.value == taint.value)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> Toleration:
        return cls(
            raw.get("key") or "", raw.get("operator") or "Equal", raw.get("value") or "", raw.get("effect") or ""
        )


def untolerated(taints: Iterable[Taint], tolerations: Iterable[Toleration]) -> Taint | None:
    """The first taint that keeps a pod with these tolerations out, if one does."""
    tolerations = tuple(tolerations)
    return next((t for t in taints if t.keeps_out and not any(each.tolerates(t) for each in tolerations)), None)
