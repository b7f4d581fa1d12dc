# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told on the Node itself (Kubernetes Events), for whoever looks there: few words, each of them once."""

from __future__ import annotations

from collections.abc import Iterator

from .._model.naming import count
from .blocking import budget_text, by_budget, names
from .protocol import Announce
from .state import DrainState, Ending, NodeDrain, PodState

# Budgets that allow one pod after the other block for moments; that is no news.
_NEWS_AFTER_SECONDS = 15.0
_STARTED, _ENDED = "started", "ended"


def announcements(state: DrainState, now: float) -> Iterator[Announce]:
    """What is new since the last step. A drain that was refused is not told of: nothing happened on the node."""
    for node in state.nodes.values():
        if not node.touched:
            continue
        if _new(node, _STARTED):
            yield Announce(node.name, "DrainStarted", f"{len(node.records)} pods are to be moved off the node")
        yield from _blocked(state, node, now)
        if node.ending is not None and _new(node, _ENDED):
            yield _ended(state, node, node.ending, now)


def _new(node: NodeDrain, what: str) -> bool:
    if what in node.announced:
        return False
    node.announced.add(what)
    return True


def _blocked(state: DrainState, node: NodeDrain, now: float) -> Iterator[Announce]:
    for budget, records in by_budget(node).items():
        gate = state.gates.get(budget)
        since = gate.blocked_since if gate else records[0].since
        if now - since >= _NEWS_AFTER_SECONDS and _new(node, budget):
            message = f"PodDisruptionBudget {budget} allows no eviction of {names(r.pod for r in records)}: "
            yield Announce(node.name, "DrainBlocked", message + budget_text(records), warning=True)


def _ended(state: DrainState, node: NodeDrain, ending: Ending, now: float) -> Announce:
    seconds = f"{now - state.started_at:.0f} s"
    if ending is Ending.DRAINED:
        return Announce(node.name, "DrainSucceeded", f"{count(len(node.records), 'pod')} left the node in {seconds}")
    left = [r.pod for r in node.records.values() if r.state is not PodState.GONE]
    reasons = "; ".join(f"{f.code} {f.subject}: {f.message}" for f in node.failures)
    told = reasons or f"still there after {seconds}: {names(left)}"
    return Announce(node.name, "DrainFailed", told, warning=True)
