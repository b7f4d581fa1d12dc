# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the run's lock, and knows how far it can be trusted at the moment.

API trouble is not the loss of the lock: a single control plane takes its own API away while it is upgraded. For one
TTL the lock is certainly ours; after that it is *uncertain* (nobody is admitted) until the API answers again: then it
is either renewed, because nobody took it, or lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from .._model.api_error import ApiError
from .._model.errors import Day2Error

LOG = logging.getLogger(__name__)
BEATS_PER_TTL = 4


class LockState(str, Enum):
    """What is known of the lock."""

    HELD = "held"
    UNCERTAIN = "uncertain"
    LOST = "lost"


class Renewable(Protocol):
    """What is needed of a lock: ``renew`` raises Day2Error when it is somebody else's, ApiError in API trouble."""

    def renew(self) -> None:
        raise NotImplementedError


class Heartbeat:
    """Renews ``lock`` on each ``beat``; ``clock`` is monotonic. To be started right after the lock was acquired."""

    def __init__(self, lock: Renewable, *, ttl_seconds: float, clock: Callable[[], float]) -> None:
        self._lock = lock
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._renewed = clock()
        self._lost = False

    @property
    def interval_seconds(self) -> float:
        return self._ttl_seconds / BEATS_PER_TTL

    @property
    def state(self) -> LockState:
        if self._lost:
            return LockState.LOST
        return LockState.HELD if self._clock() - self._renewed < self._ttl_seconds else LockState.UNCERTAIN

    def beat(self) -> bool:
        """Renews once; returns whether that worked."""
        # Counted from before the request: the API may have stored the renewal at any time since.
        asked = self._clock()
        try:
            self._lock.renew()
        except Day2Error as error:
            LOG.error("the lock is lost: %s", error)
            self._lost = True
        except ApiError as error:
            LOG.warning("the lock was not renewed (%s); last renewed %.0f s ago", error, asked - self._renewed)
        else:
            self._renewed = asked
            return True
        return False
