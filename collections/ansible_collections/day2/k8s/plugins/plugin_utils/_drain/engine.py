# SPDX-License-Identifier: GPL-3.0-or-later
"""The drain of nodes as a state machine: observations and the time go in, commands and the next wake-up come out.

It does no I/O and reads no clock. Whoever executes the commands (``_kube/drain_driver``) feeds back what came of them;
what counts as drained, what is tried again and when, and what has failed is decided here only.

The rules that everything else follows from:
- nothing is touched before every pod of every node may be evicted, and no pod before every node is cordoned;
- a pod is gone when its uid is gone; accepted evictions and names say nothing;
- a pod that is terminating, or may be, is not evicted again;
- no pod is touched before those of a lower order are gone from its node;
- a node is drained only when a consistent list, taken some seconds after the cordon, has nothing left to evict: a
  scheduler that had not seen the cordon may have bound one more pod.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .announcing import announcements
from .observing import observe
from .pacing import ending_interval
from .protocol import Command, Cordon, Evict, Look, Observation, Step
from .returning import workload_of
from .staggering import Turns, without_successor
from .state import DrainState, Ending, NodeDrain, PodRecord, PodState
from .volumes import still_attached

PARALLEL_EVICTIONS = 16
_POLL_SECONDS = 1.0
_POLL_SLOWLY_SECONDS = 5.0
_POLL_VOLUMES_SECONDS = 2.0
_CONDITION_SECONDS = 15.0
# How old the last look may be when a node is cordoned and its first pod evicted.
_FRESH_SECONDS = 1.0
_BUDGETS_SECONDS = 15.0


def step(state: DrainState, observations: Iterable[Observation], now: float) -> Step:
    """Advances ``state``; to be called with what came of the commands, or with nothing at ``wake_at``.

    Over when no node is left open (``state.open_nodes``); the last commands are still to be executed.
    """
    for observation in observations:
        observe(state, observation, now)
    for node in state.open_nodes():
        node.ending = _ending(state, node, now)
        node.ended_at = now if node.ending else None
    commands: list[Command] = [] if _refused(state, now) else list(_commands(state, now))
    commands += announcements(state, now)
    return Step(tuple(commands), _wake_at(state, now))


def _refused(state: DrainState, now: float) -> bool:
    """Ends all drains when one of them cannot be and none has begun."""
    if state.touched or not any(node.failures for node in state.nodes.values()):
        return False
    if not state.looked_at_all and now < state.deadline:
        return False  # the others' reasons are to be said as well
    for node in state.nodes.values():
        node.ending, node.ended_at = Ending.REFUSED, now
    return True


def _ending(state: DrainState, node: NodeDrain, now: float) -> Ending | None:
    if node.failures:
        if not state.touched:
            return None  # see _refused
        in_flight = any(record.state is PodState.IN_FLIGHT for record in node.records.values())
        return None if in_flight and now < state.deadline else Ending.FAILED
    if _emptied(state, node):
        if not node.volumes or not _volumes_wanted(state, node):
            return Ending.DRAINED
        if now >= _limit(state, node):
            node.failures.append(still_attached(node, state.options.volume_detach_seconds))
            return Ending.FAILED
        return None
    return Ending.TIMED_OUT if now >= state.deadline else None


def _emptied(state: DrainState, node: NodeDrain) -> bool:
    """Whether it is certain that no pod is left to go, and known which volumes are still attached."""
    look = node.look
    return (
        look is not None
        and look.consistent
        and look.condition is not None
        and (look.volumes is not None or not _volumes_wanted(state, node))
        and node.cordoned_since is not None
        and look.asked_at >= node.cordoned_since + state.options.settle_seconds
        and not node.awaited()
    )


def _limit(state: DrainState, node: NodeDrain) -> float:
    """When the node's drain is over at the latest. Volumes have a time of their own, from when its pods were gone."""
    if node.empty_since is not None and _emptied(state, node):
        return node.empty_since + state.options.volume_detach_seconds
    return state.deadline


def _volumes_wanted(state: DrainState, node: NodeDrain) -> bool:
    return state.options.volume_detach_seconds > 0 and not node.unreachable


# Commands ------------------------------------------------------------------------------------------------------------


def _commands(state: DrainState, now: float) -> Iterator[Command]:
    nodes = _active(state)
    if state.looked_at_all:
        yield from _cordons(state, nodes, now)
        state.begun = state.begun or all(node.unschedulable for node in nodes)
        if state.begun:
            yield from _evictions(state, nodes, now)
        nodes = [node for node in nodes if node.unschedulable]
    yield from _looks(state, nodes, now)


def _active(state: DrainState) -> list[NodeDrain]:
    """The nodes to do something about: at first those that were not looked at, then those that can still be drained.

    Where a drain cannot be finished only what is in flight is waited for: nobody else is moved off such a node.
    """
    nodes = [node for node in state.open_nodes() if not node.failures]
    return nodes if state.looked_at_all else [node for node in nodes if node.look is None]


def _cordons(state: DrainState, nodes: list[NodeDrain], now: float) -> Iterator[Command]:
    """The first cordon, or the one after somebody lifted it."""
    for node in nodes:
        if not node.unschedulable and now >= _next_look(state, node):
            node.touched, node.cordons = True, node.cordons + 1
            yield Cordon(node.name)


def _looks(state: DrainState, nodes: list[NodeDrain], now: float) -> Iterator[Command]:
    """One node asks for budgets on behalf of all."""
    budgets = _budgets_due(state, now)
    for node in nodes:
        if now < _next_look(state, node):
            continue
        yield Look(
            node.name,
            consistent=_may_end(state, node, now) or _must_be_certain(node),
            condition=_condition_due(state, node, now),
            budgets=budgets,
            volumes=_may_end(state, node, now) and _volumes_wanted(state, node),
            siblings=tuple(turns.siblings for turns in _waited_for(state, node)),
        )
        budgets = False


def _evictions(state: DrainState, nodes: list[NodeDrain], now: float) -> Iterator[Evict]:
    in_flight = state.in_flight()
    if in_flight >= PARALLEL_EVICTIONS or state.pacer.next_at(now) > now:
        return
    for node, record in _candidates(state, nodes, now):
        if state.due_at(record) > now:
            continue  # its turn was taken by another pod in this very step
        if in_flight >= PARALLEL_EVICTIONS or not state.pacer.take(now):
            return
        gate, turns = state.gate_of(record), state.turns_of(record)
        if gate is not None:
            gate.next_try = float("inf")  # until the answer
        if turns is not None:
            warning = without_successor(workload_of(record.pod), node.name)
            if not turns.complete and warning not in node.warnings:
                node.warnings.append(warning)
            turns.evicted(now)
        in_flight += 1
        node.touched = True
        record.state, record.tried_at = PodState.IN_FLIGHT, now
        record.attempts += 1
        yield Evict(node.name, record.pod, state.grace(node))


def _candidates(state: DrainState, nodes: list[NodeDrain], now: float) -> list[tuple[NodeDrain, PodRecord]]:
    """Who may be evicted now: those that waited longest since their last attempt first, then the longest grace period.

    Unready pods go before ready ones: under a budget they may go only as long as enough healthy ones are left.
    """
    due = [(node, r) for node in nodes for r in _its_turn(node) if state.due_at(r) <= now]
    grace = state.options.grace_period_seconds
    return sorted(
        due,
        key=lambda each: (
            each[1].tried_at,
            each[1].pod.ready,
            -(each[1].pod.grace_period_seconds if grace is None else grace),
            each[1].pod.key,
        ),
    )


def _its_turn(node: NodeDrain) -> list[PodRecord]:
    if not node.unschedulable or _outdated(node):
        return []
    turn = node.turn()
    return [r for r in node.records.values() if r.state is PodState.PENDING and r.order == turn]


def _waited_for(state: DrainState, node: NodeDrain) -> list[Turns]:
    """The controllers of which a pod of this node could go next, if a successor of the one before were ready."""
    waiting = {id(turns): turns for r in _its_turn(node) if (turns := state.turns_of(r)) and not turns.complete}
    return list(waiting.values())


def _must_be_certain(node: NodeDrain) -> bool:
    """While pods are on their way out an API server's cache will do; what decides anything has to be certain."""
    awaited = node.awaited()
    if any(r.state is PodState.UNSURE for r in awaited):
        return True
    turn = node.turn()
    return not any(r.state is PodState.TERMINATING and r.order == turn for r in awaited)


def _condition_due(state: DrainState, node: NodeDrain, now: float) -> bool:
    """Whether the Node is read with its pods: from time to time, and when the drain may end with this look."""
    return node.look is None or now - node.condition_at >= _CONDITION_SECONDS or _may_end(state, node, now)


def _may_end(state: DrainState, node: NodeDrain, now: float) -> bool:
    """Whether a look could end the drain: one without pods to wait for, or the first when the node has settled.

    Of pods that only have to end, many have by then.
    """
    if node.cordoned_since is None:
        return False
    settled_at = node.cordoned_since + state.options.settle_seconds
    awaited = node.awaited()
    hoped = node.looked_at < settled_at and all(r.state is PodState.TERMINATING for r in awaited)
    return now >= settled_at and (hoped or not awaited)


def _outdated(node: NodeDrain) -> bool:
    """Whether pods may have been bound between the last look and the cordon."""
    return node.cordoned_since is not None and node.cordoned_since - node.looked_at > _FRESH_SECONDS


def _budgets_due(state: DrainState, now: float) -> bool:
    if state.budgets_at is None:
        return True
    waiting = any(r.state is PodState.PENDING for node in state.open_nodes() for r in node.records.values())
    return waiting and now - state.budgets_at >= _BUDGETS_SECONDS


# Time ----------------------------------------------------------------------------------------------------------------


def _next_look(state: DrainState, node: NodeDrain) -> float:
    if node.look is None:
        return node.look_not_before
    return max(node.looked_at + _pause(state, node), node.look_not_before)


def _pause(state: DrainState, node: NodeDrain) -> float:
    """Seconds between the last look and the next."""
    if not node.unschedulable:
        return _POLL_SECONDS if node.cordons else 0.0  # whoever lifts the cordon may do so again and again
    awaited = node.awaited()
    until_settled = (node.cordoned_since or 0.0) + state.options.settle_seconds - node.looked_at
    if not awaited:
        return max(_POLL_VOLUMES_SECONDS if node.volumes else 0.0, until_settled)
    states = {record.state for record in awaited}
    waited_for = _waited_for(state, node)
    if PodState.UNSURE in states or _outdated(node) or any(turns.last_at is None for turns in waited_for):
        return 0.0
    if waited_for:
        return _POLL_SECONDS
    if any(state.due_at(r) <= node.looked_at for r in _its_turn(node)):
        return _POLL_SLOWLY_SECONDS  # nothing but the pace holds up the next eviction
    if PodState.TERMINATING in states:
        pause = min(_until_ended(r, node.looked_at) for r in awaited if r.state is PodState.TERMINATING)
        # Where nobody waits for them to be gone, it is early enough to look when the drain may end.
        return max(pause, until_settled) if states == {PodState.TERMINATING} else pause
    # That the pods of one order are gone has to be certain before it is the next one's turn.
    turn = node.turn()
    return _POLL_SLOWLY_SECONDS if any(r.order == turn for r in awaited) else 0.0


def _until_ended(record: PodRecord, at: float) -> float:
    since = at if record.ending_since is None else record.ending_since
    return ending_interval(at - since, record.ends_by - at)


def _wake_at(state: DrainState, now: float) -> float:
    """The next time at which ``step`` has something to do without being told anything new."""
    times = [_limit(state, node) for node in state.open_nodes()]
    room = state.begun and state.in_flight() < PARALLEL_EVICTIONS
    for node in _active(state):
        times.append(max(now, _next_look(state, node)))
        due = [state.due_at(r) for r in _its_turn(node)] if room else []
        if due:
            times.append(max(min(due), state.pacer.next_at(now)))
    return min(times, default=now)
