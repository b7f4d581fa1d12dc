# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the API is asked: never in a hot loop, and soon enough that a budget that frees is used at once."""

from __future__ import annotations

EVICTIONS_PER_SECOND = 20.0
_LONGEST_BACKOFF = 10.0
# Of the pace: how much may be made up after a turn that came late.
_BURST_SHARE = 0.1
# Of a wait: how much it varies, so that drains that began together do not ask together.
_JITTER_SHARE = 0.25


class Pacer:
    """A token bucket for evictions; all nodes of one drain share it.

    What it saves up is taken off the rate at which it fills, so that no second ever has more than ``rate`` evictions
    (with less than ten a second, one more).
    """

    def __init__(self, rate: float = EVICTIONS_PER_SECOND) -> None:
        self._fill = rate * (1 - _BURST_SHARE)
        self._size = max(1.0, rate * _BURST_SHARE)
        self._tokens = self._size
        self._filled_at: float | None = None

    def take(self, now: float) -> bool:
        """Whether one more eviction may be sent now."""
        if self.next_at(now) > now:
            return False
        self._tokens, self._filled_at = self._filled(now) - 1, now
        return True

    def next_at(self, now: float) -> float:
        """When the next one may be sent."""
        missing = 1 - self._filled(now)
        # Less than a millionth short is rounding, which must not cost another turn.
        return now + missing / self._fill if missing > 1e-6 else now

    def _filled(self, now: float) -> float:
        since = 0.0 if self._filled_at is None else now - self._filled_at
        return min(self._size, self._tokens + since * self._fill)


def budget_interval(blocked_for: float) -> float:
    """Seconds between two attempts under an exhausted budget, whichever of its pods they are for.

    Most budgets free within seconds, when a replacement gets ready; after a minute it is a matter of patience. Five
    seconds is what kubectl waits between two attempts for each single pod.
    """
    if blocked_for < 10:
        return 1.0
    return 2.0 if blocked_for < 60 else 5.0


def ending_interval(ending_for: float, grace_left: float) -> float:
    """Seconds between two looks at a pod that is being deleted.

    Most end within moments, or when their grace period is over and they are killed, which takes the kubelet a moment
    of its own. One that is still there long after that is held by something else.
    """
    if grace_left < -10:
        return 5.0
    return 1.0 if ending_for < 5 or grace_left < 2 else 2.0


def backoff(attempts: int) -> float:
    """Seconds before a pod's next attempt after API trouble: 1, 2, 4, 8, then 10."""
    return min(_LONGEST_BACKOFF, 2.0 ** min(attempts - 1, 10))


def jittered(seconds: float, retry_after: float | None, draw: float) -> float:
    """``seconds``, or somewhat less as ``draw`` (0 to 1) has it; never less than the server asked for."""
    return max(seconds * (1 - _JITTER_SHARE * draw), (retry_after or 0.0) * (1 + _JITTER_SHARE * draw))
