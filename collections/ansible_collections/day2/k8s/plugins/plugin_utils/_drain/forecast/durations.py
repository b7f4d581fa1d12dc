# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the parts of a move take. What is known of the past can stand behind this interface; here are defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ..._model.interval import Interval
from ..._model.pod import Pod


class Durations(Protocol):
    """Estimates in seconds."""

    def termination(self, pod: Pod) -> Interval:
        """From the granted eviction to the end of the pod."""

    def start_up(self, pod: Pod) -> Interval:
        """From a pod's binding to its readiness, volumes apart."""

    def reattachment(self, pod: Pod) -> Interval:
        """From the end of a pod to the moment at which its volumes can be used on another node."""


@dataclass(frozen=True, slots=True)
class DefaultDurations:
    """A pod may end at once or use up its grace period; ``grace_period_seconds`` replaces the pods' own.

    Start-up and reattachment are rules of thumb: images are most often there, and a detach that the node confirms takes
    seconds; what a node does not confirm is forced only after six minutes (maxWaitForUnmountDuration).
    """

    grace_period_seconds: int | None = None
    start: Interval = field(default_factory=lambda: Interval(3.0, 60.0))
    reattach: Interval = field(default_factory=lambda: Interval(5.0, 60.0))

    def termination(self, pod: Pod) -> Interval:
        grace = pod.grace_period_seconds if self.grace_period_seconds is None else self.grace_period_seconds
        return Interval(0.0, grace + 2.0)

    def start_up(self, _pod: Pod) -> Interval:
        return self.start

    def reattachment(self, pod: Pod) -> Interval:
        return self.reattach if pod.claims else Interval()
