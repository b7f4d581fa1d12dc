# SPDX-License-Identifier: GPL-3.0-or-later
"""Critical pods without a budget leave one after the other, each after the one before has a ready successor.

kubeadm gives the cluster's DNS neither a budget nor a rule that keeps its two pods apart, so that both of them are
often on the first control-plane node: evicted together, names are not resolved until a successor is ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._model.finding import Finding, Severity
from .._model.pod import Pod
from .protocol import Siblings
from .rules import is_critical

_HASH_LABEL = "pod-template-hash"
# Where there is no room for a successor, the drain goes on without it.
PATIENCE_SECONDS = 30.0


@dataclass(slots=True)
class Turns:
    """The pods of one controller, on all nodes that are drained.

    ``wanted`` is the largest number of ready ones that was seen, ``ready`` the present one (None: to be read).
    ``last_at`` is when the last of them was evicted, ``answered_at`` when the answer to that came.
    """

    siblings: Siblings
    wanted: int = 0
    ready: int | None = None
    last_at: float | None = None
    answered_at: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether as many pods are ready as ever."""
        return self.ready is not None and self.ready >= self.wanted

    def next_at(self) -> float:
        """When the next pod may be evicted, as far as is known."""
        if self.complete:
            return 0.0
        return float("inf") if self.last_at is None else self.last_at + PATIENCE_SECONDS

    def read(self, ready: int, asked_at: float) -> None:
        """Takes a count, unless it was asked for before the last eviction was answered."""
        if asked_at >= self.answered_at:
            self.ready, self.wanted = ready, max(self.wanted, ready)

    def evicted(self, now: float) -> None:
        self.last_at, self.answered_at, self.ready = now, float("inf"), None


def siblings_of(pods: Iterable[Pod]) -> list[Siblings]:
    """Critical controllers with several of these pods, none of which a budget covers."""
    found: dict[str, list[Pod]] = {}
    for pod in pods:
        if is_critical(pod) and pod.controller and pod.labels.get(_HASH_LABEL):
            found.setdefault(pod.controller.uid, []).append(pod)
    return [
        Siblings(uid, together[0].namespace, f"{_HASH_LABEL}={together[0].labels[_HASH_LABEL]}")
        for uid, together in found.items()
        if len(together) > 1
    ]


def without_successor(workload: str, node: str) -> Finding:
    """The warning about a pod that was evicted although the one before it has no ready successor."""
    return Finding(
        code="D2-DRAIN-014",
        subject=workload,
        message=f"another of its pods was evicted from node {node} although no successor of the one before was ready "
        f"within {PATIENCE_SECONDS:.0f} s",
        why="critical pods without a budget leave one after the other, so that what they serve is never without one",
        remedy="see why its pods do not start elsewhere; give it a budget and spread it over nodes",
        severity=Severity.WARNING,
    )
