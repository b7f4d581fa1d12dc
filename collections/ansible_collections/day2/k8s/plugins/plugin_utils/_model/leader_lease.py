# SPDX-License-Identifier: GPL-3.0-or-later
"""Who leads among the controller-managers, or the schedulers: the Lease that they elect their leader by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LeaderLease:
    """``term_seconds`` after its last renewal somebody else may take over.

    ``renewed`` is compared with an earlier one of its own only: clocks of different machines are not compared.
    """

    name: str
    holder: str
    renewed: str
    transitions: int
    term_seconds: int = 15

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> LeaderLease:
        spec = raw.get("spec") or {}
        return cls(
            name=raw["metadata"]["name"],
            holder=spec.get("holderIdentity") or "",
            renewed=spec.get("renewTime") or "",
            transitions=int(spec.get("leaseTransitions") or 0),
            term_seconds=int(spec.get("leaseDurationSeconds") or 15),
        )
