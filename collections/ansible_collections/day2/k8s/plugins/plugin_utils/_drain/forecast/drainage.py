# SPDX-License-Identifier: GPL-3.0-or-later
"""How the drain of nodes together goes, event by event: evictions, ends of pods, and successors that get ready."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from ..._model.interval import Interval
from ..._model.workloads import Workloads
from ..classify import Decision, Treatment
from ..pacing import EVICTIONS_PER_SECOND
from ..staggering import PATIENCE_SECONDS, siblings_of
from .budget_book import Account, BudgetBook
from .course import Course, Departure, Shortage
from .durations import Durations
from .placement import Place, Placement, Room
from .residents import Resident, Residents
from .succession import Endings, Succession, ordered_set, ordinal, succession

# A controller that is to have no more pods, or a namespace that goes, takes its pods away within about this time.
_REMOVED_BY_OTHERS = Interval(0.0, 60.0)
# The server evaluates a budget anew after each change of a pod.
_EVALUATED = Interval(0.0, 2.0)
_JOB_TRACKING = "batch.kubernetes.io/job-tracking"


class Luck(Enum):
    """Whether those go first whose successors find a place, or those whose successors do not.

    Bad luck also turns round the order of those who are alike: the place that one takes can be the other's last.
    """

    NONE = None
    GOOD = True
    BAD = False


@dataclass(slots=True)
class _Queue:
    """Pods of one controller that go one after the other; ``busy`` while the last of them has no ready successor."""

    waiting: list[Departure] = field(default_factory=list)
    busy: bool = False
    turn: int = 0


class Drainage:
    """The drain of one set of nodes, which are cordoned already.

    Events are ordered by the later bound of their time, since that is when one can rely on them. Which of the pods goes
    that ask one budget at the same time is chance; ``luck`` says how it goes, to see whether it matters.
    """

    def __init__(
        self,
        workloads: Workloads,
        residents: Residents,
        placement: Placement,
        book: BudgetBook,
        durations: Durations,
        endings: Endings,
        *,
        luck: Luck = Luck.NONE,
    ) -> None:
        self._luck = luck
        self._endings = endings
        self._workloads = workloads
        self._residents = residents
        self._placement = placement
        self._book = book
        self._durations = durations
        self._now = Interval()
        self._granted = 0
        self._number = 0
        self._events: list[tuple[float, int, float, Callable[[], None]]] = []
        self._blocked: dict[str, list[Departure]] = defaultdict(list)
        self._recovering: set[str] = set()
        self._held: dict[str, list[tuple[Resident, Departure]]] = defaultdict(list)
        self._made_by: dict[int, Departure] = {}
        self._touched: set[str] = set()
        self._leaving: set[int] = set()
        self._staggered: dict[str, _Queue] = {}
        self._departures: dict[str, list[Departure]] = {}
        self._to_come: dict[str, list[int]] = {}

    def run(self, decisions: Iterable[tuple[Resident, Decision]]) -> Course:
        """``decisions`` are about all pods of the set's nodes."""
        departures: dict[str, list[Departure]] = defaultdict(list)
        for resident, decision in decisions:
            self._leaving.add(id(resident))
            departures[resident.node].append(self._departure(resident, decision))
        self._to_come = {
            node: sorted({d.decision.order for d in of_node if d.goes}) for node, of_node in departures.items()
        }
        self._departures = departures
        everybody = [d for of_node in departures.values() for d in of_node]
        unprotected = (d.pod for d in everybody if d.goes and not d.accounts)
        self._staggered = {siblings.uid: _Queue() for siblings in siblings_of(unprotected)}
        for departure in everybody:
            if departure.decision.treatment is Treatment.AWAIT:
                self._end(departure, Interval())
        self._take_turns(departures)
        self._house()
        while self._events:
            high, _number, low, happen = heapq.heappop(self._events)
            self._now = Interval(max(low, self._now.low), max(high, self._now.high))
            happen()
            self._house()
        shortages = {
            key: self._shortage(account)
            for key, waiting in self._blocked.items()
            if waiting and (account := waiting[0].waited_for) is not None
        }
        ended_at = self._now
        for departure in everybody:
            if departure.gone_at is not None and departure.gone_at.high > ended_at.high:
                ended_at = ended_at | departure.gone_at
        return Course(departures, ended_at, shortages, frozenset(self._blocked), tight=self._tight(everybody))

    def _tight(self, departures: Iterable[Departure]) -> bool:
        contested = [d for d in departures if any(account.budget.key in self._blocked for account in d.accounts)]
        left = {account.budget.key for d in contested if d.left_at for account in d.accounts}
        return any(
            self._placement.scarce(departure.pod)
            if departure.place is not None
            else departure.left_at is None and any(account.budget.key in left for account in departure.accounts)
            for departure in contested
        )

    def _departure(self, resident: Resident, decision: Decision) -> Departure:
        pod = resident.pod
        evicted = decision.treatment is Treatment.EVICT
        removed_by = self._endings.of(pod)
        return Departure(
            resident,
            decision,
            accounts=self._book.asked(pod) if evicted else (),
            succession=succession(pod, removed_by),
            removed_by=removed_by,
            held=next((finalizer for finalizer in pod.finalizers if finalizer != _JOB_TRACKING), ""),
        )

    # Turns: on each node, pods of one order after those of a lower one --------------------------------------------

    def _take_turns(self, nodes: Iterable[str]) -> None:
        """Evicts the pods whose turn it is on these nodes."""
        due = [departure for node in nodes for departure in self._next_turn(node)]
        # The engine's order: unready pods first, as a budget lets them go only while enough others are healthy.
        due.sort(key=lambda d: (d.resident.ready, -self._durations.termination(d.pod).high, d.pod.key))
        for departure in self._as_it_happens(due):
            self._try(departure)

    def _as_it_happens(self, asking: Iterable[Departure]) -> Iterator[Departure]:
        """Those who ask, in the order in which they are answered; each is chosen as things are when it is its turn."""
        remaining = list(asking)
        if self._luck is Luck.NONE:
            yield from remaining
            return
        if self._luck is Luck.BAD:
            remaining.reverse()
        while remaining:
            lucky = (d for d in remaining if self._replaceable(d) is self._luck.value)
            departure = next(lucky, remaining[0])
            remaining.remove(departure)
            yield departure

    def _replaceable(self, departure: Departure) -> bool:
        """Whether, if the pod went now, its successor would find a place, and the budget have its pods again."""
        pod, node = departure.pod, departure.resident.node
        if departure.succession is Succession.NEVER:
            return False
        self._placement.remove(pod, node)
        place = self._placement.find(pod, explain=False)
        self._placement.add(pod, node)
        return place.room is Room.FOUND

    def _next_turn(self, node: str) -> list[Departure]:
        """The pods of the lowest order that is left, if those before are all gone."""
        to_come = self._to_come[node]
        if not to_come:
            return []
        going = [departure for departure in self._departures[node] if departure.goes]
        while to_come:
            order = to_come[0]
            if any(d.decision.order < order and not self._is_gone(d) for d in going):
                return []
            to_come.pop(0)
            due = [d for d in going if d.decision.order == order and d.decision.treatment is Treatment.EVICT]
            if due or any(d.decision.order == order and not self._is_gone(d) for d in going):
                return [d for d in due if len(d.accounts) <= 1]
        return []

    def _is_gone(self, departure: Departure) -> bool:
        return departure.gone_at is not None and departure.gone_at.high <= self._now.high

    def _try(self, departure: Departure) -> bool:
        """Evicts the pod if its budget lets it."""
        if self._stands_in_line(departure):
            return False
        ready = departure.resident.ready
        for account in departure.accounts:
            if not ready and account.unready_may_go():
                continue
            if account.allowed <= 0:
                return self._wait(departure, account)
            self._residents.change(account, account.spend if ready else account.spend_unready)
            if not ready:
                self._evaluate_soon(account)
        pause = 0.0 if self._now.high else self._granted / EVICTIONS_PER_SECOND
        self._granted += 1
        departure.left_at = self._now + Interval(pause, pause)
        self._end(departure, departure.left_at)
        return True

    # Critical pods without a budget go one after the other ---------------------------------------------------------

    def _stands_in_line(self, departure: Departure) -> bool:
        """Whether another pod of the same controller goes first; otherwise it is this one's turn."""
        controller = departure.pod.controller
        queue = self._staggered.get(controller.uid) if controller and not departure.accounts else None
        if queue is None:
            return False
        if queue.busy:
            queue.waiting.append(departure)
            departure.after_sibling = True
            return True
        queue.busy = True
        queue.turn += 1
        turn = queue.turn
        self._at(self._now + Interval(PATIENCE_SECONDS, PATIENCE_SECONDS), lambda: self._call_next(queue, turn))
        return False

    def _call_next(self, queue: _Queue, turn: int) -> None:
        """The turn is over: its pod has a ready successor, or nobody waits for one any longer."""
        if not queue.busy or queue.turn != turn:
            return
        queue.busy = False
        if queue.waiting:
            self._try(queue.waiting.pop(0))

    def _wait(self, departure: Departure, account: Account) -> bool:
        """The budget says no; returns whether the pod goes all the same, because somebody else takes it away."""
        if departure.removed_by:
            if departure.resident.ready:
                self._residents.change(account, account.lose)
            self._end(departure, self._now + _REMOVED_BY_OTHERS)
            return True
        departure.waited_for = account
        waiting = self._blocked[account.budget.key]
        if departure not in waiting:
            waiting.append(departure)
        if account.budget.key not in self._recovering:
            self._recovering.add(account.budget.key)
            self._expect_recoveries(account)
        return False

    def _evaluate_soon(self, account: Account) -> None:
        def happen() -> None:
            self._residents.change(account, account.evaluate)
            self._retry(account)

        self._at(self._now + _EVALUATED, happen)

    def _retry(self, account: Account) -> None:
        """The budget earned something: its pods take their turns."""
        waiting = self._blocked.get(account.budget.key, [])
        for departure in self._as_it_happens(waiting):
            if self._try(departure):
                waiting.remove(departure)

    # A pod goes, and its successor comes ---------------------------------------------------------------------------

    def _end(self, departure: Departure, begin: Interval) -> None:
        """The pod ends from ``begin`` on, unless a finalizer holds it."""
        node = departure.resident.node
        gone_at = begin + self._durations.termination(departure.pod)
        self._residents.leave(departure.resident)
        self._touched.add(departure.pod.namespace)
        observed = departure.decision.treatment is Treatment.AWAIT
        if departure.succession is Succession.AT_ONCE:
            if not observed:  # otherwise its successor was observed as well
                self._succeed(departure, begin)
        elif departure.succession is Succession.AFTER and not departure.held:
            self._at(gone_at, lambda: self._succeed(departure, self._now))
        if not departure.held:
            departure.gone_at = gone_at
            if self._to_come.get(node):
                self._at(gone_at, lambda: self._take_turns([node]))

    def _succeed(self, departure: Departure, begin: Interval) -> None:
        """A pod is made in the place of the one that went, if its controller may make it now."""
        successor = self._residents.succeed(departure.resident)
        self._made_by[id(successor)] = departure
        ordered = ordered_set(successor.pod, self._workloads)
        if ordered is not None and self._waits_for_lower(successor, ordered.uid):
            self._held[ordered.uid].append((successor, departure))
        else:
            self._place(successor, departure, begin)

    def _place(self, successor: Resident, departure: Departure, begin: Interval) -> None:
        departure.place = self._placement.find(successor.pod)
        self._touched.add(successor.pod.namespace)
        if departure.place.room is Room.FOUND:
            self._residents.settle(successor, departure.place.node)
            self._start(successor, begin)
        else:
            self._residents.wait_for_room(successor, departure.place)

    def _start(self, resident: Resident, begin: Interval) -> None:
        """A pod that has a node gets ready, unless the one before it did not either."""
        if resident.broken:
            return
        departure = self._made_by.get(id(resident))
        if departure is not None and resident.pod.claims and departure.gone_at is not None:
            begin = (begin | departure.gone_at) + self._durations.reattachment(resident.pod)
        self._at(begin + self._durations.start_up(resident.pod), lambda: self._ready(resident))

    def _ready(self, resident: Resident) -> None:
        if resident.ready or not resident.node:
            return
        self._residents.become_ready(resident)
        for account in self._book.of(resident.pod):
            self._retry(account)
        controller = resident.pod.controller
        if controller is None:
            return
        if controller.uid in self._held:
            self._release_held(controller.uid)
        if controller.uid in self._staggered:
            queue = self._staggered[controller.uid]
            self._call_next(queue, queue.turn)

    def _house(self) -> None:
        """Something went or came: for pods of its namespace without a node, the rules may now leave one."""
        while self._touched:
            touched, self._touched = self._touched, set()
            for resident in self._residents.rehouse(touched):
                departure = self._made_by.get(id(resident))
                if departure is not None:
                    departure.place = resident.place
                self._touched.add(resident.pod.namespace)
                self._start(resident, self._now)

    # StatefulSets that make one pod after the other ----------------------------------------------------------------

    def _waits_for_lower(self, successor: Resident, uid: str) -> bool:
        """Whether a pod of the same set, of a lower number, is not ready: its controller then makes no other."""
        number = ordinal(successor.pod)
        return any(not r.ready and ordinal(r.pod) < number for r in self._residents.of_controller(uid))

    def _release_held(self, uid: str) -> None:
        for entry in list(self._held[uid]):
            if not self._waits_for_lower(entry[0], uid):
                self._held[uid].remove(entry)
                self._place(*entry, self._now)

    # Budgets that are short of pods --------------------------------------------------------------------------------

    def _expect_recoveries(self, account: Account) -> None:
        """What will earn the budget something without our doing: pods that are starting, or deleted by others."""
        for pod in self._book.covered(account.budget):
            resident = self._residents.current(pod)
            if resident is None or resident.ready or pod.finished or id(resident) in self._made_by:
                continue
            if pod.terminating and resident.pod is pod:
                self._expect_successor(resident)
            elif resident.node:
                self._start(resident, self._now)

    def _expect_successor(self, resident: Resident) -> None:
        """Of a pod that somebody else deleted; one that is made at once has been made, and was observed."""
        departure = self._departure(resident, Decision(resident.pod, Treatment.AWAIT))
        if departure.succession is Succession.AFTER and not departure.held and id(resident) not in self._leaving:
            self._end(departure, self._now)

    def _shortage(self, account: Account) -> Shortage:
        """Who is missing under a budget that still blocks."""
        shortage = Shortage()
        held = {id(successor) for entries in self._held.values() for successor, _departure in entries}
        for pod in self._book.covered(account.budget):
            resident = self._residents.current(pod)
            if resident is None or resident.ready or pod.finished:
                continue
            if id(resident) in held:
                shortage.held.append(resident)
            elif not resident.node:
                shortage.homeless.append((resident.pod, resident.place or Place(Room.UNKNOWN)))
            else:
                shortage.broken.append(resident)
        return shortage

    def _at(self, when: Interval, happen: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (when.high, self._number, when.low, happen))
