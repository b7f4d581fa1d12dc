# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what is left of an ended or superseded run from writing: killing ansible-playbook does not stop its workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from .lease import lost, read, utc_now
from .transport import Transport

_POLL_SECONDS = 2.0


class Guard(Protocol):
    """What drivers call before they write."""

    def check(self) -> None:
        """Raises Day2Error when this process must not write (any more)."""


class Fence:
    """Re-reads the run's lock. Its age is taken by the wall clock: the coordinator renews it from this very machine.

    A lock that is still ours but ran out may belong to a coordinator that could not reach the API (a single control
    plane being upgraded) and renews any moment: it gets ``patience`` seconds. Nobody else may take it before a full
    term of silence, and if somebody has, the run id says so.
    """

    def __init__(
        self,
        transport: Transport,
        run_id: str,
        *,
        patience: float = 30.0,
        wall_clock: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._run = run_id
        self._patience = patience
        self._wall_clock = wall_clock
        self._clock = clock
        self._sleep = sleep

    def check(self) -> None:
        """Returns if the lock names this run and is fresh; raises Day2Error D2-LOCK-002 otherwise."""
        give_up = self._clock() + self._patience
        while True:
            latest = read(self._transport)
            if latest is None or latest.run != self._run:
                raise lost(self._run, latest)
            if latest.age(self._wall_clock()) <= latest.duration:
                return
            if self._clock() >= give_up:
                raise lost(self._run, latest)
            self._sleep(_POLL_SECONDS)


class Unfenced:
    """For use outside a run, where there is no lock to hold."""

    def check(self) -> None:
        """Never raises."""
