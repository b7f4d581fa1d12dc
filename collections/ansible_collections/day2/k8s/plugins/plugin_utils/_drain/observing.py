# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drain engine makes of what was observed: which pods have to go, and how far each of them is."""

from __future__ import annotations

from dataclasses import replace

from .._model.budget import Budget
from .._model.finding import Finding
from .._model.pod import Pod
from .budgets import several_budgets
from .classify import Decision, Treatment, classify
from .eviction import Answer, Meaning
from .pacing import backoff, budget_interval, jittered
from .protocol import Condition, Cordoned, Evicted, Listing, Lost, Observation, Unobserved
from .returning import come_back, returns_of, tolerant
from .staggering import Turns, siblings_of
from .state import DrainState, Gate, NodeDrain, PodRecord, PodState
from .unreachable import unheard

_LOOK_AGAIN_SECONDS = 2.0
# For a budget that was made after the last look, whose other pods are not known: what kubectl waits.
_UNKNOWN_BUDGET_SECONDS = 5.0
_FIRST_STATE = {
    Treatment.AWAIT: PodState.TERMINATING,
    Treatment.COMPLETE: PodState.COMPLETING,
    Treatment.EVICT: PodState.PENDING,
}


def observe(state: DrainState, observation: Observation, now: float) -> None:
    """Brings ``state`` in line with one observation."""
    node = state.nodes[observation.node]
    if isinstance(observation, Listing):
        _listed(state, node, observation, now)
    elif isinstance(observation, Evicted):
        _answered(state, node, node.records[observation.uid], observation.answer, now)
    elif isinstance(observation, Cordoned):
        node.unschedulable, node.cordoned_since = True, observation.at
    elif isinstance(observation, Lost):
        node.failures.extend(observation.findings)
    elif isinstance(observation, Unobserved):
        node.trouble = observation.message
        node.look_not_before = now + _LOOK_AGAIN_SECONDS


# Lists ---------------------------------------------------------------------------------------------------------------


def _listed(state: DrainState, node: NodeDrain, listing: Listing, now: float) -> None:
    first = node.look is None
    node.look, node.looked_at, node.trouble = listing, now, ""
    if listing.budgets is not None:
        _budgets(state, listing.budgets, now)
    if listing.condition is not None:
        _condition(node, listing.condition, listing.asked_at, now)
    _take_up(state, node, listing, first=first)
    present = {pod.uid: pod for pod in listing.pods}
    for uid, record in node.records.items():
        _compare(state, record, present.get(uid), listing, now)
        if record.state is PodState.TERMINATING:
            _overdue(state, node, record, listing.taken_at, now)
    _turns(state, listing)
    if node.awaited():
        node.empty_since, node.volumes = None, ()
    elif listing.consistent and node.empty_since is None:
        node.empty_since = now
    if listing.volumes is not None:
        node.volumes = listing.volumes
    if node.unreachable:
        node.warnings = [*(w for w in node.warnings if w.subject != f"Node/{node.name}"), unheard(node)]


def _budgets(state: DrainState, budgets: tuple[Budget, ...], now: float) -> None:
    """Keeps the budgets; those without anything left are asked for one of their pods at a time from the start."""
    by_namespace: dict[str, tuple[Budget, ...]] = {}
    for budget in budgets:
        by_namespace[budget.namespace] = (*by_namespace.get(budget.namespace, ()), budget)
        if budget.disruptions_allowed <= 0:
            state.gates.setdefault(budget.key, Gate(blocked_since=now, next_try=now))
    state.budgets, state.budgets_at = by_namespace, now
    for node in state.nodes.values():
        for record in node.remaining():
            record.covering = state.covering(record.pod)


def _condition(node: NodeDrain, condition: Condition, asked_at: float, now: float) -> None:
    node.condition_at = now
    node.unschedulable, node.unreachable = condition.unschedulable, condition.unreachable
    if not condition.unschedulable:
        node.cordoned_since = None
        for record in node.records.values():  # what is bound to a node that takes pods does not come back to a cordon
            record.returns = -1
    elif node.cordoned_since is None:
        node.cordoned_since = asked_at


def _take_up(state: DrainState, node: NodeDrain, listing: Listing, *, first: bool) -> None:
    """Decides about pods that were not there before: all of them at the first look, those bound late at others."""
    fresh = [pod for pod in listing.pods if pod.uid not in node.records and pod.uid not in node.left]
    if fresh and listing.condition is None:
        node.condition_at = float("-inf")  # has somebody lifted the cordon?
    for found in classify(fresh, state.options, missing_daemonsets=listing.missing_daemonsets):
        returns = returns_of(found.pod, node.records.values())
        decision = _in_view_of_others(state, node, found, returns)
        pod, treatment = decision.pod, decision.treatment
        if treatment is Treatment.REFUSE:
            node.failures.extend(decision.findings)
        else:
            node.warnings.extend(decision.findings)
        if treatment in (Treatment.IGNORE, Treatment.REFUSE):
            node.left[pod.uid] = decision
            continue
        node.records[pod.uid] = PodRecord(
            pod,
            _FIRST_STATE[treatment],
            since=listing.asked_at,
            order=decision.order,
            reason=decision.reason,
            covering=state.covering(pod),
            returns=returns,
        )
    if first:
        node.warnings.extend(tolerant(record.pod for record in node.records.values()))


def _in_view_of_others(state: DrainState, node: NodeDrain, decision: Decision, returns: int) -> Decision:
    """The decision about a pod in view of its budgets, and of the pods like it that were evicted before."""
    if decision.treatment is not Treatment.EVICT:
        return decision
    covering = state.covering(decision.pod)
    if len(covering) > 1:
        return replace(decision, treatment=Treatment.REFUSE, findings=(several_budgets(decision.pod, covering),))
    return come_back(decision, node, returns, state.options)


def _compare(state: DrainState, record: PodRecord, pod: Pod | None, listing: Listing, now: float) -> None:
    """Brings a record in line with a list. One from a cache may be older than what is known, and then proves less."""
    if record.state is PodState.IN_FLIGHT:
        return  # its answer comes, and says more
    if pod is None:
        if record.state is not PodState.GONE:
            record.state, record.gone_at = PodState.GONE, now
        record.confirmed = record.confirmed or listing.consistent
        return
    if not listing.consistent and record.state in (PodState.GONE, PodState.UNSURE):
        return
    if record.state is PodState.UNSURE and listing.asked_at < record.unsure_since:
        return
    record.pod, record.covering = pod, state.covering(pod)
    if pod.terminating:
        record.state, record.gone_at, record.confirmed = PodState.TERMINATING, None, False
    elif record.state in (PodState.GONE, PodState.UNSURE) or (record.state is PodState.COMPLETING and pod.finished):
        record.state, record.gone_at, record.confirmed = PodState.PENDING, None, False


def _overdue(state: DrainState, node: NodeDrain, record: PodRecord, wall_clock: str, now: float) -> None:
    """Whether a terminating pod's grace period is over.

    Where nobody ends pods, the server's own time for it (which may be long ago) is believed as well.
    """
    if record.ending_since is None:
        asked = state.grace(node) if record.evicted else None
        record.ending_since = now
        record.ends_by = now + (record.pod.grace_period_seconds if asked is None else asked)
    long_ago = node.unreachable and "" < record.pod.deletes_at < wall_clock
    record.overdue = now > record.ends_by or long_ago


def _turns(state: DrainState, listing: Listing) -> None:
    """Who goes one after the other, on all nodes together, and how many of them are ready."""
    records = [r for node in state.nodes.values() for r in node.remaining()]
    for siblings in siblings_of(r.pod for r in records if not r.covering):
        state.turns.setdefault(siblings.uid, Turns(siblings))
    for uid, ready in listing.ready.items():
        state.turns[uid].read(ready, listing.asked_at)


# Answers to evictions ------------------------------------------------------------------------------------------------


def _answered(state: DrainState, node: NodeDrain, record: PodRecord, answer: Answer, now: float) -> None:
    record.answer = answer
    turns = state.turns_of(record)
    if turns is not None:
        turns.answered_at = now
    gate = state.gate_of(record)
    if gate is not None:
        gate.next_try = now
    if answer.meaning is Meaning.GRANTED:
        record.state, record.evicted = PodState.TERMINATING, True
        _overdue(state, node, record, "", now)
        if gate is not None:
            gate.blocked_since = now
    elif answer.meaning is Meaning.GONE:
        record.state, record.gone_at, record.confirmed = PodState.GONE, now, True
    elif answer.meaning is Meaning.BUDGET:
        record.state = PodState.PENDING
        _blocked(state, record, answer, now)
    else:
        record.state = PodState.UNSURE if answer.meaning is Meaning.UNCERTAIN else PodState.PENDING
        record.unsure_since = now
        record.not_before = now + jittered(backoff(record.attempts), answer.retry_after, state.draw())
        if answer.meaning.final:
            node.failures.append(_final(record, answer))


def _blocked(state: DrainState, record: PodRecord, answer: Answer, now: float) -> None:
    """Lets the pods of an exhausted budget take turns, so that the attempts do not grow with their number."""
    if not record.covering:
        record.not_before = now + jittered(_UNKNOWN_BUDGET_SECONDS, answer.retry_after, state.draw())
        return
    gate = state.gates.setdefault(record.covering[0].key, Gate(blocked_since=now, next_try=now))
    gate.next_try = now + jittered(budget_interval(now - gate.blocked_since), answer.retry_after, state.draw())


def _final(record: PodRecord, answer: Answer) -> Finding:
    if answer.meaning is Meaning.SEVERAL_BUDGETS:
        return several_budgets(record.pod, record.covering)
    if answer.meaning is Meaning.FORBIDDEN:
        return Finding(
            code="D2-CLUSTER-003",
            subject=record.pod.key,
            message=answer.message,
            why="without this right no pod can be moved off a node",
            remedy="give the identity in use the rights of manifests/rbac.yaml",
        )
    return Finding(
        code="D2-DRAIN-006",
        subject=record.pod.key,
        message=f"the API refuses to evict it: {answer.message}",
        why="an admission rule or webhook decided so, and asking again gives the same answer",
        remedy="look at who refuses (the message names it), then run the same command again",
    )
