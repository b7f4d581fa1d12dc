# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the API is asked: never in a hot loop, and soon enough that a budget that frees is used at once."""

from __future__ import annotations

from dataclasses import dataclass

EVICTIONS_PER_SECOND = 20.0
_BURST = 5.0
_LONGEST_BACKOFF = 10.0


@dataclass(slots=True)
class Pacer:
    """A token bucket for evictions; drains that run side by side may share one."""

    rate: float = EVICTIONS_PER_SECOND
    _tokens: float = _BURST
    _filled_at: float | None = None

    def take(self, now: float) -> bool:
        """Whether one more eviction may be sent now."""
        if self._filled_at is not None:
            self._tokens = min(_BURST, self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        # Less than a millionth short is rounding, which must not cost another turn.
        if self._tokens < 1 - 1e-6:
            return False
        self._tokens -= 1
        return True

    def next_at(self, now: float) -> float:
        """When the next one may be sent, after ``take`` said no."""
        return now + max(0.0, 1 - self._tokens) / self.rate


def budget_interval(blocked_for: float) -> float:
    """Seconds between two attempts under an exhausted budget, whichever of its pods they are for.

    Most budgets free within seconds, when a replacement gets ready; after a minute it is a matter of patience. Five
    seconds is what kubectl waits between two attempts for each single pod.
    """
    if blocked_for < 10:
        return 1.0
    return 2.0 if blocked_for < 60 else 5.0


def backoff(attempts: int) -> float:
    """Seconds before a pod's next attempt after API trouble: 1, 2, 4, 8, then 10."""
    return min(_LONGEST_BACKOFF, 2.0 ** min(attempts - 1, 10))
