# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pods run, and where one more could go: the scheduler's hard rules, worked through without a scheduler.

That there is room is an estimate: which node the scheduler prefers is not modelled, and others come in between. That
there is none is certain only where no node could ever take the pod, whatever the others do. What is not modelled (other
schedulers, devices that drivers allocate, volumes that are not bound, pods of a lower priority that are pushed out) is
unknown, never fine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import islice

from ..._model.pod import Pod
from ..._model.pod_spec import DEFAULT_SCHEDULER, PodSpec
from ..._model.taint import CORDON, untolerated
from ..._model.workloads import Workloads
from .capacity import HOST_PORT, Capacity
from .node_fit import Demand, NodeFit, VolumeFit, demand_of
from .search import Search
from .topology import Check, Topology

# With more nodes than these to choose from, what others choose is taken not to matter.
_MANY = 20


class Room(str, Enum):
    """Whether a pod finds a node."""

    FOUND = "found"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """``node`` is the one that was found; ``why`` says what is missing or not known.

    ``certain`` is about none: no node could ever take the pod.
    """

    room: Room
    node: str = ""
    why: str = ""
    certain: bool = False


class Placement:
    """Mutable: pods are put on nodes and taken off, nodes are closed (cordoned) and opened again.

    Which of several nodes the scheduler prefers is not modelled: they take turns. With ``contrary`` set, another one is
    chosen wherever there is a choice, to see whether it matters.
    """

    contrary = False

    def __init__(self, workloads: Workloads) -> None:
        self._nodes = workloads.nodes
        placed = [pod for pod in workloads.pods if pod.node in self._nodes]
        self.fit = NodeFit(self._nodes)
        self.volumes = VolumeFit(self.fit, workloads.claims, workloads.volumes)
        self._topology = Topology(self._nodes, workloads.namespaces, self.fit, workloads.pods)
        self._capacity = Capacity(self._nodes)
        # Which nodes use a claim, and by how many pods.
        self._claimed: dict[str, Counter[str]] = {}
        self.closed = {name for name, node in self._nodes.items() if node.unschedulable}
        self._lowest_priority = min((pod.priority for pod in placed), default=0)
        self._searches: dict[tuple[Demand, object, frozenset[str] | None], Search] = {}
        # Of specs that no volume limits, by identity: they live as long as their pods, and equal ones are mostly one.
        self._search_of: dict[int, Search] = {}
        self._freed: list[str] = []
        # How turns taken since the mark are given back, the last one first.
        self._undo: list[Callable[[], object]] | None = None
        self._freed_at_mark = 0
        self._changes = 0
        for pod in placed:
            self.add(pod, pod.node)

    # Changes -------------------------------------------------------------------------------------------------------

    def add(self, pod: Pod, node: str) -> None:
        """The pod is there from now on; one that finished holds nothing."""
        if pod.finished:
            return
        self._capacity.add(pod, node)
        self._claim(pod, node, 1)
        self._topology.add(pod, node)

    def remove(self, pod: Pod, node: str) -> None:
        """The pod is gone from there."""
        if pod.finished:
            return
        self._capacity.remove(pod, node)
        self._claim(pod, node, -1)
        self._topology.remove(pod, node)
        if node not in self.closed:
            self._freed.append(node)

    def cordon(self, node: str) -> None:
        """Cordons the node."""
        self.closed.add(node)
        self._changes += 1

    def uncordon(self, node: str) -> None:
        """Lifts the cordon."""
        self.closed.discard(node)
        self._changes += 1
        self._freed.append(node)

    def _claim(self, pod: Pod, node: str, sign: int) -> None:
        for name in pod.claims:
            self._claimed.setdefault(f"{pod.namespace}/{name}", Counter())[node] += sign

    def mark(self) -> None:
        """From here on it is remembered whose turn it was on the way round the nodes."""
        self._undo, self._freed_at_mark = [], len(self._freed)

    def forget(self) -> None:
        """Turns taken since the mark are not given back."""
        self._undo = None

    def undo(self) -> None:
        """Gives back the turns taken since the mark; who runs where is for the caller to take back, before this."""
        undo, self._undo = self._undo or [], None
        while undo:
            undo.pop()()
        del self._freed[self._freed_at_mark :]

    # Questions -----------------------------------------------------------------------------------------------------

    def find(self, pod: Pod, among: Collection[str] | None = None, *, explain: bool = True) -> Place:
        """A place for a pod made anew from this one, anywhere or only ``among`` some nodes; changes nothing.

        ``explain`` is for saying why there is none.
        """
        unknown = self._unknown(pod)
        if unknown:
            return Place(Room.UNKNOWN, why=unknown)
        search = self._search(pod)
        forbids = self._forbids(pod)
        if among is None:
            node = self._try(search, pod.spec, forbids)
        else:
            names = sorted(search.candidates.intersection(among), reverse=self.contrary)
            node = next(self._fitting(names, pod.spec, forbids), "")
        if node:
            return Place(Room.FOUND, node=node)
        if not explain:
            return Place(Room.NONE)
        if search.candidates <= self._closed_to(pod.spec):
            return Place(Room.NONE, why=self._why_never(pod), certain=True)
        if self._may_push_out(pod, search):
            return Place(Room.UNKNOWN, why="there is room only if it pushes out pods of a lower priority")
        return Place(Room.NONE, why=self._why_now(search, pod.spec, forbids))

    def scarce(self, pod: Pod) -> bool:
        """Whether so few nodes could take such a pod now that the places of other pods may decide whether one does."""
        if self._unknown(pod):
            return False
        fitting = self._fitting(self._search(pod).queue, pod.spec, self._forbids(pod))
        return next(islice(fitting, _MANY, None), None) is None

    def could_ever(self, pod: Pod, *, without: Iterable[str]) -> bool:
        """Whether some node could take such a pod if nothing else ran there, leaving out ``without``."""
        return bool(self._search(pod).candidates - frozenset(without))

    def may_return(self, pod: Pod, node: str) -> bool:
        """Whether the pod's successor may be put on this node although it is cordoned."""
        return _tolerates_cordon(pod.spec) and node in self.fit.takes(pod.spec)

    def _unknown(self, pod: Pod) -> str:
        spec = pod.spec
        if spec.scheduler != DEFAULT_SCHEDULER:
            return f"scheduler {spec.scheduler} decides where it goes"
        if spec.gates:
            return f"scheduling gate {spec.gates[0]} holds it back"
        if spec.resource_claims:
            return "it needs devices that a driver allocates"
        return self.volumes.unknown(pod) if pod.claims else ""

    def _closed_to(self, spec: PodSpec) -> set[str]:
        return set() if _tolerates_cordon(spec) else self.closed

    def _search(self, pod: Pod) -> Search:
        spec, reach = pod.spec, self.volumes.reach(pod) if pod.claims else None
        found = self._search_of.get(id(spec)) if reach is None else None
        if found is not None:
            return found
        key = (demand_of(spec), spec.host_ports, reach)
        found = self._searches.get(key)
        if found is None:
            names = [name for name in self.fit.takes(spec) if reach is None or name in reach]
            # What is logged after a mark is forgotten when it is undone.
            seen = len(self._freed) if self._undo is None else self._freed_at_mark
            found = self._searches[key] = Search.among(names, seen=seen)
        if reach is None:
            self._search_of[id(spec)] = found
        return found

    def _forbids(self, pod: Pod) -> Check | None:
        """A function from a node's name to why other pods keep this one from it, or None where nothing does."""
        tied = self._tied_to(pod) if pod.claims else None
        check = self._topology.check(pod, self.closed)
        if tied is None:
            return check

        def forbids(node: str) -> str:
            if node not in tied:
                return "its volume is in use elsewhere"
            return check(node) if check else ""

        return forbids

    def _tied_to(self, pod: Pod) -> frozenset[str] | None:
        """The nodes where other pods already use the pod's volumes that one node at a time can use; None: any."""
        tied: frozenset[str] | None = None
        for claim in self.volumes.claims_of(pod):
            users = self._claimed.get(claim.key)
            if claim.one_node and users and any(users.values()):
                there = frozenset() if claim.one_pod else frozenset(node for node, number in users.items() if number)
                tied = there if tied is None else tied & there
        return tied

    def _try(self, search: Search, spec: PodSpec, forbids: Check | None) -> str:
        """The next node in turn that fits.

        A node without room is not looked at again before something left it, so that a full cluster costs little.
        """
        self._catch_up(search)
        if self.contrary:
            return next(self._fitting(reversed(search.queue), spec, forbids), "")
        may_enter_closed = _tolerates_cordon(spec)
        for _turn in range(len(search.queue)):
            name = search.queue[0]
            if (name in self.closed and not may_enter_closed) or self._capacity.lacks(spec, name):
                search.drop()
                self._takes_back(partial(search.put_back, name))
                continue
            search.queue.rotate(-1)
            self._takes_back(partial(search.queue.rotate, 1))
            if forbids is None or not forbids(name):
                return name
        return ""

    def _catch_up(self, search: Search) -> None:
        """Nodes that something left are in the queue again."""
        if search.seen == len(self._freed):
            return
        added = [name for name in self._freed[search.seen :] if name in search.candidates]
        number = search.add(added)
        self._takes_back(partial(search.take_out, number, min(search.seen, self._freed_at_mark)))
        search.seen = len(self._freed)

    def _takes_back(self, how: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(how)

    def _fitting(self, names: Iterable[str], spec: PodSpec, forbids: Check | None) -> Iterator[str]:
        closed = self._closed_to(spec)
        for name in names:
            if name in closed or self._capacity.lacks(spec, name):
                continue
            if forbids is None or not forbids(name):
                yield name

    def _may_push_out(self, pod: Pod, search: Search) -> bool:
        """Whether some node would have room for the pod without those of a lower priority."""
        if not pod.spec.preempts or pod.priority <= self._lowest_priority:
            return False
        closed = self._closed_to(pod.spec)
        return any(
            name not in closed and name not in search.queued and self._capacity.has_room_above(pod, name)
            for name in search.candidates
        )

    # Words ---------------------------------------------------------------------------------------------------------

    def _why_never(self, pod: Pod) -> str:
        """Why no schedulable node could ever take the pod, by what keeps most nodes out."""
        reach = self.volumes.reach(pod) if pod.claims else None
        closed = self._closed_to(pod.spec)
        reasons: Counter[str] = Counter()
        for name in self._nodes:
            obstacle = self.fit.obstacle(pod.spec, name)
            if not obstacle and reach is not None and name not in reach:
                obstacle = "its volumes cannot be used there"
            reasons[obstacle or ("cordoned" if name in closed else "")] += 1
        return _listed(len(self._nodes), reasons)

    def _why_now(self, search: Search, spec: PodSpec, forbids: Check | None) -> str:
        """Why none of the nodes that could take the pod does: those without room, and those where others forbid it."""
        reasons = Counter(self._lacking(search, spec))
        reasons.update(forbids(name) if forbids else "" for name in search.queue)
        return _listed(len(search.candidates), reasons)

    def _lacking(self, search: Search, spec: PodSpec) -> Counter[str]:
        """What keeps out the nodes that are not in the queue; counted once for each state of the cordons."""
        if search.counted_at != self._changes:
            closed = self._closed_to(spec)
            search.lacking = Counter(
                "cordoned" if name in closed else _words(self._capacity.lacks(spec, name))
                for name in search.candidates
                if name not in search.queued
            )
            search.counted_at = self._changes
        return search.lacking


def depends_on_others(pod: Pod) -> bool:
    """Whether pods that come or go elsewhere may open a node to this one, and not only what its resources leave."""
    spec = pod.spec
    return bool(pod.claims or spec.affinity or spec.anti_affinity or spec.spreads or spec.host_ports)


def _words(lacking: str) -> str:
    return "host port taken" if lacking == HOST_PORT else f"too little {lacking} left"


def _tolerates_cordon(spec: PodSpec) -> bool:
    return bool(spec.tolerations) and untolerated((CORDON,), spec.tolerations) is None


def _listed(number: int, reasons: Counter[str]) -> str:
    """``of 5 nodes: 3 taint gpu, 2 too little cpu left``."""
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common() if reason)
    return f"of {number} nodes: {told}" if told else f"none of {number} nodes"
