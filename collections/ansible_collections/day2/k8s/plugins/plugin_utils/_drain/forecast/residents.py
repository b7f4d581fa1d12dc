# SPDX-License-Identifier: GPL-3.0-or-later
"""Where every pod is while drains are worked through in thought, with each change's undoing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..._model.pod import Pod
from ..._model.workloads import Workloads
from .budget_book import Account, BudgetBook
from .placement import Place, Placement, Room, depends_on_others

# A pod that has not been ready for longer than this is taken to be broken, not starting.
STARTING_SECONDS = 300.0
# A pod that has been Pending for longer than this has no room, whatever placement thinks.
UNSCHEDULED_SECONDS = 60.0
# Why a container does not run although nothing is left to wait for.
_BROKEN = frozenset(
    {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)


@dataclass(slots=True, eq=False)
class Resident:
    """A pod where it is now, or the successor of one; ``origin`` is the pod as it was observed.

    Without ``node`` it is on none; ``place`` then says why. ``broken``: it will not get ready by itself.
    """

    pod: Pod
    origin: Pod
    node: str
    ready: bool
    broken: bool = False
    place: Place | None = None


class Residents:
    """All pods of a cluster. What is changed between ``mark`` and ``undo`` is as before afterwards."""

    def __init__(self, workloads: Workloads, placement: Placement, book: BudgetBook) -> None:
        self._workloads = workloads
        self._placement = placement
        self._book = book
        self._on: dict[str, list[Resident]] = defaultdict(list)
        self._homeless: dict[str, dict[int, Resident]] = defaultdict(dict)
        # What has become of each observed pod, by its id.
        self._now: dict[int, Resident | None] = {}
        self._of_controller: dict[str, list[Pod]] | None = None
        self._undo: list[Callable[[], object]] | None = None
        for pod in workloads.pods:
            if pod.node in workloads.nodes:
                resident = Resident(pod, pod, pod.node, pod.ready, self._is_broken(pod))
                self._on[pod.node].append(resident)
                self._now[id(pod)] = resident
        for pod in workloads.pods:
            if not pod.node and pod.phase == "Pending" and not pod.terminating:
                self._admit_pending(pod)

    def mark(self) -> None:
        """From here on it is remembered how changes are taken back."""
        self._undo = []
        self._placement.mark()

    def forget(self) -> None:
        """Everything since the mark stays as it is."""
        self._undo = None
        self._placement.forget()

    def undo(self) -> None:
        """Takes back everything since the mark."""
        undo, self._undo = self._undo or [], None
        while undo:
            undo.pop()()
        self._placement.undo()

    # Questions -----------------------------------------------------------------------------------------------------

    def on(self, node: str) -> list[Resident]:
        return list(self._on[node])

    def current(self, pod: Pod) -> Resident | None:
        """What has become of an observed pod; None where it is gone and has no successor."""
        return self._now.get(id(pod))

    def of_controller(self, uid: str) -> list[Resident]:
        """The pods of one controller as they are now."""
        if self._of_controller is None:
            self._of_controller = defaultdict(list)
            for pod in self._workloads.pods:
                workload = self._workloads.controllers.get(pod.controller.uid) if pod.controller else None
                if workload is not None and workload.ordered:
                    self._of_controller[workload.uid].append(pod)
        found = (self.current(pod) for pod in self._of_controller.get(uid, ()))
        return [resident for resident in found if resident is not None]

    # Changes -------------------------------------------------------------------------------------------------------

    def leave(self, resident: Resident) -> None:
        """The pod goes from its node; it has no successor so far."""
        node = resident.node
        residents = self._on[node]
        position = residents.index(resident)
        del residents[position]
        self._placement.remove(resident.pod, node)
        self._note(resident.origin, None)

        def undo() -> None:
            self._placement.add(resident.pod, node)
            residents.insert(position, resident)

        self._takes_back(undo)

    def succeed(self, resident: Resident) -> Resident:
        """A new pod is made in the place of one that left; it has no node so far."""
        pod = resident.pod
        if pod.terminating or pod.phase != "Running":
            pod = replace(pod, terminating=False, phase="Running", deletes_at="")
        successor = Resident(pod, resident.origin, "", ready=False, broken=resident.broken)
        self._note(resident.origin, successor)
        return successor

    def settle(self, resident: Resident, node: str) -> None:
        """A pod is bound to a node."""
        residents = self._on[node]
        residents.append(resident)
        resident.node = node
        self._placement.add(resident.pod, node)
        homeless = self._homeless[resident.pod.namespace]
        was_homeless = homeless.pop(id(resident), None) is not None

        def undo() -> None:
            self._placement.remove(resident.pod, node)
            residents.remove(resident)
            resident.node = ""
            if was_homeless:
                homeless[id(resident)] = resident

        self._takes_back(undo)

    def wait_for_room(self, resident: Resident, place: Place) -> None:
        """A pod finds no node, as ``place`` explains."""
        resident.place = place
        homeless = self._homeless[resident.pod.namespace]
        homeless[id(resident)] = resident
        self._takes_back(lambda: homeless.pop(id(resident), None))

    def rehouse(self, namespaces: Iterable[str]) -> list[Resident]:
        """Tries again for pods that others kept from every node, after pods of these namespaces came or went.

        Returns those that found one. Whoever lacks room only is not tried: nodes that are drained give none.
        """
        homeless = (resident for name in sorted(namespaces) for resident in list(self._homeless[name].values()))
        return self._house((resident, None) for resident in homeless if depends_on_others(resident.pod))

    def welcome(self, nodes: Collection[str]) -> list[Resident]:
        """Nodes take pods again: tries for everybody who has none, and returns those that found one."""
        homeless = [resident for name in sorted(self._homeless) for resident in list(self._homeless[name].values())]
        return self._house((each, nodes if depends_on_others(each.pod) else None) for each in homeless)

    def _house(self, tries: Iterable[tuple[Resident, Collection[str] | None]]) -> list[Resident]:
        housed = []
        for resident, among in tries:
            if resident.place is not None and resident.place.room is Room.UNKNOWN:
                continue
            place = self._placement.find(resident.pod, among, explain=False)
            if place.room is Room.FOUND:
                self.settle(resident, place.node)
                resident.place = place
                housed.append(resident)
        return housed

    def become_ready(self, resident: Resident) -> None:
        """It counts for its budgets from now on."""
        if resident.ready:
            return
        resident.ready = True
        self._takes_back(lambda: setattr(resident, "ready", False))
        for account in self._book.of(resident.pod):
            self.change(account, account.earn)

    def change(self, account: Account, how: Callable[[], None]) -> None:
        """Spends of a budget, or earns."""
        healthy, allowed = account.healthy, account.allowed
        how()

        def undo() -> None:
            account.healthy, account.allowed = healthy, allowed

        self._takes_back(undo)

    def cordon(self, node: str) -> None:
        """Cordons a node."""
        self._placement.cordon(node)
        self._takes_back(lambda: self._placement.uncordon(node))

    def uncordon(self, node: str) -> None:
        """Lifts the cordon of a node."""
        self._placement.uncordon(node)
        self._takes_back(lambda: self._placement.cordon(node))

    def _takes_back(self, how: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(how)

    def _note(self, origin: Pod, now: Resident | None) -> None:
        key = id(origin)
        before = self._now[key]
        self._takes_back(lambda: self._now.__setitem__(key, before))
        self._now[key] = now

    # Pods that are not as they should be ---------------------------------------------------------------------------

    def _is_broken(self, pod: Pod) -> bool:
        if pod.ready or pod.finished:
            return False
        if pod.waiting in _BROKEN:
            return True
        return bool(pod.unready_since) and self._age(pod) > STARTING_SECONDS

    def _admit_pending(self, pod: Pod) -> None:
        """A pod that waits for the scheduler; where placement sees room for it all the same, it misses something."""
        resident = Resident(pod, pod, "", ready=False)
        self._now[id(pod)] = resident
        place = self._placement.find(pod)
        if place.room is Room.FOUND and pod.unready_since and self._age(pod) > UNSCHEDULED_SECONDS:
            place = Place(Room.UNKNOWN, why="it is Pending although there seems to be room")
        resident.place = place
        if place.room is Room.FOUND:
            self._placement.add(pod, place.node)
            resident.node = place.node
            self._on[place.node].append(resident)
        else:
            self._homeless[pod.namespace][id(resident)] = resident

    def _age(self, pod: Pod) -> float:
        return seconds_between(pod.unready_since, self._workloads.taken_at)


def seconds_between(earlier: str, later: str) -> float:
    """Of two times as the API writes them."""
    return (_time(later) - _time(earlier)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
