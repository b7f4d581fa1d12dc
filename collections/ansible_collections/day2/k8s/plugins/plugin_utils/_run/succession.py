# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits while a fault lasts, and sees who follows a leader that is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .._model.api_error import ApiError
from .._model.leader_lease import LeaderLease

# Who waits for the Lease looks at it every two seconds (client-go's RetryPeriod): a follower comes that much later.
RETRY_SECONDS = 2.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Succession:
    """``holder`` leads after the one before, ``seconds`` after the waiting began; empty if nobody does in time."""

    holder: str
    seconds: float
    allowed_seconds: float

    @property
    def in_time(self) -> bool:
        return bool(self.holder) and self.seconds <= self.allowed_seconds


def hold(
    look: Callable[[], LeaderLease | None] | None,
    *,
    before: LeaderLease | None,
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Succession | None:
    """Returns after ``seconds``, or later if nobody followed by then; None where nobody has to follow.

    ``look`` reads the Lease again (ApiError while the API is away), ``before`` is the leader that is away.
    """
    began = clock()
    if look is None or before is None:
        sleep(seconds)
        return None
    allowed = before.term_seconds + RETRY_SECONDS
    found = None
    while found is None and clock() - began <= max(seconds, allowed):
        found = _follower(look, before.holder)
        if found is None:
            sleep(_POLL_SECONDS)
    succession = Succession(found or "", round(clock() - began, 1), allowed)
    sleep(max(0.0, began + seconds - clock()))
    return succession


def _follower(look: Callable[[], LeaderLease | None], before: str) -> str | None:
    try:
        lease = look()
    except ApiError:
        return None
    return lease.holder if lease and lease.holder not in ("", before) else None
