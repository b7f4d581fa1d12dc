# SPDX-License-Identifier: GPL-3.0-or-later
"""The drain of one node as a state machine: observations and the time go in, commands and the next wake-up come out.

It does no I/O and reads no clock. Whoever executes the commands (``_kube/drain_driver``) feeds back what came of them;
what counts as drained, what is tried again and when, and what has failed is decided here only.

The rules that everything else follows from:
- nothing is touched before every pod of the node may be evicted;
- a pod is gone when its uid is gone; accepted evictions and names say nothing;
- a pod that is terminating, or may be, is not evicted again;
- the drain is over only when a consistent list, taken some seconds after the cordon, has nothing left to evict: a
  scheduler that had not seen the cordon may have bound one more pod.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._model.finding import Finding
from .._model.pod import Pod
from .budgets import budgets_of, several_budgets
from .classify import Treatment, classify
from .eviction import Answer, Meaning
from .pacing import backoff, budget_interval
from .protocol import Command, Cordon, Evict, Evicted, Listing, Look, Observation, Step
from .state import DrainState, Ending, Gate, PodRecord, PodState

PARALLEL_EVICTIONS = 16
_POLL_SECONDS = 1.0
_POLL_BLOCKED_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 2.0
_BUDGETS_SECONDS = 15.0
# For a budget that was made after the last look, whose other pods are not known: what kubectl waits.
_UNKNOWN_BUDGET_SECONDS = 5.0


def step(state: DrainState, observations: Iterable[Observation], now: float) -> Step:
    """Advances ``state``; to be called with what came of the commands, or with nothing at ``wake_at``."""
    for observation in observations:
        if isinstance(observation, Listing):
            _listed(state, observation, now)
        elif isinstance(observation, Evicted):
            _answered(state, state.records[observation.uid], observation.answer, now)
        else:
            state.trouble = observation.message
            state.look_not_before = now + _LOOK_AGAIN_SECONDS
    state.ending = _ending(state, now)
    if state.ending is not None:
        return Step((), now)
    commands = tuple(_commands(state, now))
    return Step(commands, _wake_at(state, now))


def _ending(state: DrainState, now: float) -> Ending | None:
    if state.failures:
        if not state.touched:
            return Ending.REFUSED
        return None if state.in_flight() and now < state.deadline else Ending.FAILED
    if _drained(state):
        return Ending.DRAINED
    return Ending.TIMED_OUT if now >= state.deadline else None


def _drained(state: DrainState) -> bool:
    look = state.look
    return (
        look is not None
        and look.consistent
        and state.cordoned_since is not None
        and look.asked_at >= state.cordoned_since + state.options.settle_seconds
        and not state.remaining()
    )


# Observations --------------------------------------------------------------------------------------------------------


def _listed(state: DrainState, listing: Listing, now: float) -> None:
    state.look, state.looked_at, state.trouble = listing, now, ""
    if listing.budgets is not None:
        state.budgets, state.budgets_at = listing.budgets, now
    if not listing.unschedulable:
        state.cordoned_since = None
    elif state.cordoned_since is None:
        state.cordoned_since = listing.asked_at
    _take_up(state, listing)
    present = {pod.uid: pod for pod in listing.pods}
    for uid, record in state.records.items():
        _compare(record, present.get(uid), listing, now)


def _take_up(state: DrainState, listing: Listing) -> None:
    """Decides about pods that were not there before: all of them at the first look, those bound late at others."""
    fresh = [pod for pod in listing.pods if pod.uid not in state.records and pod.uid not in state.left]
    for decision in classify(fresh, state.options, missing_daemonsets=listing.missing_daemonsets):
        pod, treatment = decision.pod, decision.treatment
        covering = budgets_of(pod, state.budgets)
        if treatment is Treatment.EVICT and len(covering) > 1:
            state.failures.append(several_budgets(pod, covering))
        if treatment in (Treatment.IGNORE, Treatment.REFUSE):
            state.left[pod.uid] = decision
            state.failures.extend(decision.findings)
            continue
        state.warnings.extend(decision.findings)
        waits = treatment is Treatment.AWAIT
        state.records[pod.uid] = PodRecord(
            pod,
            PodState.TERMINATING if waits else PodState.PENDING,
            since=listing.asked_at,
            reason=decision.reason,
        )


def _compare(record: PodRecord, pod: Pod | None, listing: Listing, now: float) -> None:
    """Brings a record in line with a list. One from a cache may be older than what is known, and then proves less."""
    if record.state is PodState.IN_FLIGHT:
        return  # its answer comes, and says more
    if pod is None:
        if record.state is not PodState.GONE:
            record.state, record.gone_at = PodState.GONE, now
        return
    if not listing.consistent and record.state in (PodState.GONE, PodState.UNSURE):
        return
    if record.state is PodState.UNSURE and listing.asked_at < record.unsure_since:
        return
    record.pod = pod
    if pod.terminating:
        record.state, record.gone_at = PodState.TERMINATING, None
    elif record.state in (PodState.GONE, PodState.UNSURE):
        record.state, record.gone_at = PodState.PENDING, None


def _answered(state: DrainState, record: PodRecord, answer: Answer, now: float) -> None:
    record.answer = answer
    gate = state.gate_of(record)
    if gate is not None:
        gate.next_try = now
    if answer.meaning is Meaning.GRANTED:
        record.state, record.evicted = PodState.TERMINATING, True
        if gate is not None:
            gate.blocked_since = now
    elif answer.meaning is Meaning.GONE:
        record.state, record.gone_at = PodState.GONE, now
    elif answer.meaning is Meaning.BUDGET:
        record.state = PodState.PENDING
        _blocked(state, record, answer, now)
    else:
        record.state = PodState.UNSURE if answer.meaning is Meaning.UNCERTAIN else PodState.PENDING
        record.unsure_since = now
        record.not_before = now + max(backoff(record.attempts), answer.retry_after or 0.0)
        if answer.meaning.final:
            state.failures.append(_final(state, record, answer))


def _blocked(state: DrainState, record: PodRecord, answer: Answer, now: float) -> None:
    """Lets the pods of an exhausted budget take turns, so that the attempts do not grow with their number."""
    covering = budgets_of(record.pod, state.budgets)
    if not covering:
        record.not_before = now + max(_UNKNOWN_BUDGET_SECONDS, answer.retry_after or 0.0)
        return
    gate = state.gates.setdefault(covering[0].key, Gate(blocked_since=now, next_try=now))
    gate.next_try = now + max(budget_interval(now - gate.blocked_since), answer.retry_after or 0.0)


def _final(state: DrainState, record: PodRecord, answer: Answer) -> Finding:
    if answer.meaning is Meaning.SEVERAL_BUDGETS:
        return several_budgets(record.pod, budgets_of(record.pod, state.budgets))
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


# Commands ------------------------------------------------------------------------------------------------------------


def _commands(state: DrainState, now: float) -> Iterator[Command]:
    if state.failures:
        return  # only what is in flight is waited for: nobody else is moved off a node that cannot be drained
    look_due = now >= _next_look(state)
    if state.look is not None and not state.look.unschedulable:
        if look_due:
            # The first cordon, or the one after somebody lifted it; what was bound meanwhile shows in the next look.
            state.touched, state.cordons = True, state.cordons + 1
            yield Cordon()
            yield Look(consistent=True, budgets=False)
        return
    yield from _evictions(state, now)
    if look_due:
        yield Look(consistent=_must_be_certain(state), budgets=_budgets_due(state, now))


def _evictions(state: DrainState, now: float) -> Iterator[Evict]:
    in_flight = state.in_flight()
    for record in _candidates(state, now):
        gate = state.gate_of(record)
        if gate is not None and gate.next_try > now:
            continue  # taken by another pod in this very step
        if in_flight >= PARALLEL_EVICTIONS or not state.pacer.take(now):
            return
        if gate is not None:
            gate.next_try = float("inf")  # until the answer
        in_flight += 1
        state.touched = True
        record.state, record.tried_at = PodState.IN_FLIGHT, now
        record.attempts += 1
        yield Evict(record.pod)


def _candidates(state: DrainState, now: float) -> list[PodRecord]:
    """Who may be evicted now: those that waited longest since their last attempt first, then the longest grace period.

    Unready pods go before ready ones: under a budget they may go only as long as enough healthy ones are left.
    """
    due = [r for r in state.records.values() if r.state is PodState.PENDING and state.due_at(r) <= now]
    grace = state.options.grace_period_seconds
    return sorted(
        due,
        key=lambda r: (r.tried_at, r.pod.ready, -(r.pod.grace_period_seconds if grace is None else grace), r.pod.key),
    )


def _must_be_certain(state: DrainState) -> bool:
    """While pods are on their way out an API server's cache will do; what decides anything has to be certain."""
    states = {record.state for record in state.records.values()}
    return state.look is None or PodState.UNSURE in states or PodState.TERMINATING not in states


def _budgets_due(state: DrainState, now: float) -> bool:
    waiting = any(record.state is PodState.PENDING for record in state.records.values())
    return state.look is None or (waiting and now - state.budgets_at >= _BUDGETS_SECONDS)


# Time ----------------------------------------------------------------------------------------------------------------


def _next_look(state: DrainState) -> float:
    if state.look is None:
        return state.look_not_before
    states = {record.state for record in state.remaining()}
    due = state.looked_at
    if not state.look.unschedulable:
        due += _POLL_SECONDS if state.cordons else 0.0  # whoever lifts the cordon may do so again and again
    elif not states:
        due = max(due, (state.cordoned_since or 0.0) + state.options.settle_seconds)
    elif PodState.TERMINATING in states:
        due += _POLL_SECONDS
    elif PodState.UNSURE not in states:
        due += _POLL_BLOCKED_SECONDS
    return max(due, state.look_not_before)


def _wake_at(state: DrainState, now: float) -> float:
    """The next time at which ``step`` has something to do without being told anything new."""
    times = [state.deadline]
    if not state.failures:
        times.append(max(now, _next_look(state)))
        if state.look is not None and state.look.unschedulable and state.in_flight() < PARALLEL_EVICTIONS:
            pending = [state.due_at(r) for r in state.records.values() if r.state is PodState.PENDING]
            times.extend(max(due, state.pacer.next_at(now)) for due in pending)
    return min(times)
