# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drain stands, in one line for the person who waits."""

from __future__ import annotations

from collections.abc import Iterable

from .blocking import blocked_by_budget, budget_text, by_budget, names, why_terminating
from .state import NodeDrain, PodRecord, PodState
from .volumes import volume_names


def progress(node: NodeDrain) -> str:
    """How many pods of the node are gone, and what is waited for."""
    head = f"node {node.name}: drain {len(node.records) - len(node.remaining())}/{len(node.records)} pods gone"
    if node.trouble:
        return f"{head}; the API does not answer ({node.trouble})"
    return "; ".join([head, *_waits(node)])


def _waits(node: NodeDrain) -> Iterable[str]:
    terminating = [r for r in node.awaited() if r.state is PodState.TERMINATING]
    in_time = [r.pod for r in terminating if not r.overdue]
    if in_time:
        yield f"{names(in_time)} terminating"
    for record in terminating:
        if record.overdue:
            yield f"{record.pod.key} past its grace period ({why_terminating(record)})"
    completing = [r.pod for r in node.remaining() if r.state is PodState.COMPLETING]
    if completing:
        yield f"{names(completing)} running until completed"
    held: set[str] = set()
    for budget, records in by_budget(node).items():
        held |= {r.pod.uid for r in records}
        yield f"{names(r.pod for r in records)} waiting for budget {budget} ({budget_text(records)})"
    yield from _to_be_evicted(node, held)
    if not node.awaited() and node.volumes:
        yield f"volumes to be detached: {volume_names(node)}"


def _to_be_evicted(node: NodeDrain, held: set[str]) -> Iterable[str]:
    states = (PodState.PENDING, PodState.IN_FLIGHT, PodState.UNSURE)
    others = [r for r in node.remaining() if r.state in states and r.pod.uid not in held and not blocked_by_budget(r)]
    turn = node.turn()
    now: list[PodRecord] = [r for r in others if r.order == turn]
    if now:
        answer = now[0].answer
        yield f"{names(r.pod for r in now)} to be evicted" + (f" ({answer.message})" if answer else "")
    later = [r.pod for r in others if r.order != turn]
    if later:
        yield f"{names(later)} after them"
