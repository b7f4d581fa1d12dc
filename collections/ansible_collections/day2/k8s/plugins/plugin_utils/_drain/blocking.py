# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds up the pods of a node, in words that progress, events and findings share."""

from __future__ import annotations

from collections.abc import Iterable

from .._model.pod import Pod
from .budgets import needs
from .eviction import Meaning
from .state import NodeDrain, PodRecord, PodState

_NAMED = 5  # pods named in one line; the result has them all


def names(pods: Iterable[Pod]) -> str:
    """``shop/a, shop/b`` and how many more."""
    keys = sorted(pod.key for pod in pods)
    return ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")


def blocked_by_budget(record: PodRecord) -> bool:
    """Whether the last answer was a budget's no, also while it is asked once more."""
    waits = record.state in (PodState.PENDING, PodState.IN_FLIGHT)
    return waits and record.answer is not None and record.answer.meaning is Meaning.BUDGET


def by_budget(node: NodeDrain) -> dict[str, list[PodRecord]]:
    """The pods held up, by the budget that holds them; one that is not known yet goes by its namespace.

    Pods of an exhausted budget take turns: a no to one of them holds up those that were not asked for yet as well.
    """
    remaining = node.remaining()
    if not any(map(blocked_by_budget, remaining)):
        return {}
    turn = node.turn()
    groups: dict[str, list[PodRecord]] = {}
    for record in remaining:
        not_asked = record.state is PodState.PENDING and record.attempts == 0 and record.order == turn
        if blocked_by_budget(record) or (not_asked and record.covering):
            key = record.covering[0].key if record.covering else f"of {record.pod.namespace}"
            groups.setdefault(key, []).append(record)
    return {key: records for key, records in groups.items() if any(map(blocked_by_budget, records))}


def budget_text(records: list[PodRecord]) -> str:
    """What the budget of these pods needs; the server's words where it is not known yet."""
    if records[0].covering:
        return needs(records[0].covering[0])
    return records[0].answer.message if records[0].answer else ""


def why_terminating(record: PodRecord) -> str:
    """What a pod that is being deleted still has: its finalizers, or its grace period."""
    pod = record.pod
    return f"finalizers: {', '.join(pod.finalizers)}" if pod.finalizers else f"grace {pod.grace_period_seconds} s"
