# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a drain ran out of time: one finding for each budget, and one for each pod that is held up otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from .._model.finding import Finding
from .blocking import budget_text, by_budget, names, why_terminating
from .state import DrainState, NodeDrain, PodRecord, PodState


def unfinished(state: DrainState, node: NodeDrain, now: float) -> Iterable[Finding]:
    """What kept the node from being emptied in time."""
    waited = f"after {now - state.started_at:.0f} s"
    held: set[str] = set()
    for budget, records in by_budget(node).items():
        held |= {r.pod.uid for r in records}
        yield _blocked(budget, records, f"on node {node.name} {waited}")
    turn = node.turn()
    for record in node.awaited():
        # Pods whose turn had not come are not what held the drain up.
        if record.pod.uid not in held and record.order == turn:
            yield _held_up(record, node.name, waited)
    if not node.awaited():
        yield _out_of_time(
            f"Node/{node.name}",
            f"it could not be confirmed {waited} that no pod is left{f' ({node.trouble})' if node.trouble else ''}",
            "a pod that was bound before the cordon was seen may still be running",
            "run the same command again, with a longer timeout",
        )


def _blocked(budget: str, records: list[PodRecord], where: str) -> Finding:
    covering = records[0].covering
    unready = [r for r in records if not r.pod.ready]
    remedy = "scale the workload up or get its pods ready, or relax the budget; then run the same command again"
    if unready and covering and not covering[0].always_allow_unhealthy:
        remedy = (
            "get its pods ready, or set the budget's unhealthyPodEvictionPolicy: AlwaysAllow, which lets pods go that "
            "are not ready anyway; then run the same command again"
        )
    return _out_of_time(
        f"PodDisruptionBudget/{budget}",
        f"allows no eviction of {names(r.pod for r in records)} {where}: {budget_text(records)}"
        + (f"; {len(unready)} of these pods are not ready" if unready else ""),
        "a drain never bypasses a disruption budget: it is the promise made to the workload's owners",
        remedy,
    )


def _held_up(record: PodRecord, node: str, waited: str) -> Finding:
    pod = record.pod
    if record.state is PodState.COMPLETING:
        return _out_of_time(
            pod.key,
            f"has not completed on node {node} {waited}, and a rule says to wait for that",
            "it would be ended in the middle of its work",
            "give it more time, or change the rule if it is not one that ever completes",
        )
    if pod.terminating:
        return _out_of_time(
            pod.key,
            f"deletionTimestamp set but still on node {node} {waited} ({why_terminating(record)})",
            "the pod may still be running, or something it owns is not cleaned up",
            "look at who has to remove the finalizer"
            if pod.finalizers
            else "look at the kubelet and the pod's containers",
        )
    why = record.answer.message if record.answer else "not attempted yet"
    return _out_of_time(
        pod.key,
        f"is still on node {node} {waited}, {record.attempts} attempts: {why}",
        "work on the node would kill it without regard to its budget and grace period",
        "look at the reason that the API server gave, then run the same command again",
    )


def _out_of_time(subject: str, message: str, why: str, remedy: str) -> Finding:
    return Finding(code="D2-DRAIN-001", subject=subject, message=message, why=why, remedy=remedy)
