# SPDX-License-Identifier: GPL-3.0-or-later
"""Did a node come back as wanted? Judged from the API, twice, so that one lucky moment does not count."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .._gates import gates
from .._model.api_error import ApiError
from .._model.finding import Outcome, blocking
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion

PASSES = 2
SECONDS_BETWEEN_PASSES = 10.0
POLL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Verification:
    """``pending`` says what is not as wanted yet; empty when the node passed."""

    pending: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.pending


def pending(snapshot: Snapshot, node_name: str, target: KubernetesVersion) -> tuple[str, ...]:
    """What keeps ``node_name`` from counting as upgraded, in words.

    Other nodes in hand are excused from being healthy, this one is not.
    """
    node = snapshot.nodes.get(node_name)
    if node is None:
        return (f"the cluster has no Node {node_name}",)
    reasons = []
    if node.ready is not True:
        reasons.append("Node is not Ready" if node.ready is False else "the kubelet does not report")
    others = frozenset(name for name, other in snapshot.nodes.items() if other.claim and name != node_name)
    return (*reasons, *_unpassed(snapshot, gates.post_gates(target, [node_name]), others))


def _unpassed(snapshot: Snapshot, asked: Collection[gates.Gate], in_hand: frozenset[str]) -> list[str]:
    reasons = []
    for verdict in gates.evaluate(asked, snapshot, in_hand=in_hand):
        reasons += [f"{finding.subject}: {finding.message}" for finding in blocking(verdict.findings)]
        if verdict.outcome is Outcome.UNKNOWN and not blocking(verdict.findings):
            reasons.append(f"gate {verdict.gate} could not be evaluated")
    return reasons


def verify(
    look: Callable[[], tuple[str, ...]],
    *,
    timeout_seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    on_pending: Callable[[str], None],
) -> Verification:
    """Looks until it finds nothing pending, PASSES times in a row and SECONDS_BETWEEN_PASSES apart, or time is out.

    ``look`` answers as ``pending`` and may raise ApiError, which counts as pending; ``on_pending`` is told what is
    missing whenever that changes.
    """
    began = clock()
    passes, told = 0, ""
    while True:
        try:
            missing = look()
        except ApiError as error:
            missing = (f"the API does not answer: {error}",)
        passes = 0 if missing else passes + 1
        if passes == PASSES:
            return Verification((), clock() - began)
        if (text := "; ".join(missing)) != told:
            told = text
            if text:
                on_pending(text)
        pause = POLL_SECONDS if missing else SECONDS_BETWEEN_PASSES
        if clock() - began + pause > timeout_seconds:
            return Verification(missing or ("it was as wanted only for a moment before time was out",), clock() - began)
        sleep(pause)
