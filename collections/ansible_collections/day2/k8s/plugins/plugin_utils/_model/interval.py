# SPDX-License-Identifier: GPL-3.0-or-later
"""A duration that is only known between two bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds, ``low`` to ``high``."""

    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __or__(self, other: Interval) -> Interval:
        """Of two that happen side by side: until both are over."""
        return Interval(max(self.low, other.low), max(self.high, other.high))

    def to_dict(self) -> dict[str, float]:
        return {"low": round(self.low, 1), "high": round(self.high, 1)}
