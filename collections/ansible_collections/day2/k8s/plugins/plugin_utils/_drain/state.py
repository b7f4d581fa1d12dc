# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drain engine remembers. All times are those of the caller's clock, but for those named otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from .._model.budget import Budget
from .._model.finding import Finding
from .._model.pod import Pod
from .budgets import budgets_of
from .classify import Decision
from .eviction import Answer
from .options import DrainOptions
from .pacing import Pacer
from .protocol import Listing
from .staggering import Turns

# On a node whose kubelet is not heard nobody counts a grace period.
UNHEARD_GRACE_SECONDS = 1


class PodState(str, Enum):
    """Where a pod that has to go stands.

    COMPLETING: it is left to finish by itself. IN_FLIGHT: an eviction was sent. UNSURE: its answer was none, so the
    pod has to be looked at before anything else.
    """

    COMPLETING = "completing"
    PENDING = "pending"
    IN_FLIGHT = "in flight"
    UNSURE = "unsure"
    TERMINATING = "terminating"
    GONE = "gone"


class Ending(str, Enum):
    """How a node's drain ended; REFUSED: before anything was touched."""

    DRAINED = "drained"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed out"


@dataclass(slots=True)
class PodRecord:
    """A pod that has to go; ``covering`` are the budgets that count when it is evicted.

    ``evicted`` says that it goes because of us; ``answer`` is the last one to an attempt. ``ending_since`` is when
    a terminating one was first known to be one, ``ends_by`` when its grace period should be over, ``overdue`` that it
    was at the last look. ``returns`` counts how often
    its like came back to the cordoned node before it. ``confirmed``: that it is gone is not only a cache's word.
    """

    pod: Pod
    state: PodState
    since: float
    order: int = 0
    reason: str = ""
    covering: tuple[Budget, ...] = ()
    returns: int = 0
    evicted: bool = False
    ending_since: float | None = None
    ends_by: float = 0.0
    overdue: bool = False
    confirmed: bool = False
    attempts: int = 0
    tried_at: float = float("-inf")
    not_before: float = 0.0
    unsure_since: float = 0.0
    gone_at: float | None = None
    answer: Answer | None = None


@dataclass(slots=True)
class Gate:
    """An exhausted budget: when it began to block, and when one of its pods, on whichever node, may try again."""

    blocked_since: float
    next_try: float


@dataclass(slots=True)
class NodeDrain:
    """The drain of one node; ``records`` are the pods that have to go, ``left`` those that stay or may not, by uid.

    ``look`` is the last list, ``volumes`` those still attached. ``empty_since`` is when its pods were known to be gone.
    ``announced`` are the budgets that were told of on the Node.
    """

    name: str
    records: dict[str, PodRecord] = field(default_factory=dict)
    left: dict[str, Decision] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    failures: list[Finding] = field(default_factory=list)
    ending: Ending | None = None
    ended_at: float | None = None
    announced: set[str] = field(default_factory=set)

    touched: bool = False
    cordons: int = 0
    unschedulable: bool | None = None
    unreachable: bool = False
    cordoned_since: float | None = None
    empty_since: float | None = None
    volumes: tuple[str, ...] = ()

    look: Listing | None = None
    looked_at: float = 0.0
    condition_at: float = 0.0
    look_not_before: float = 0.0
    trouble: str = ""

    def remaining(self) -> list[PodRecord]:
        """The pods that are not gone."""
        return [record for record in self.records.values() if record.state is not PodState.GONE]

    def awaited(self) -> list[PodRecord]:
        """Those that the drain waits for: on a node that nobody hears, nobody confirms the end of a pod."""
        return [r for r in self.remaining() if not (self.unreachable and r.overdue)]

    def turn(self) -> int | None:
        """The order of the pods whose turn it is: the lowest of which one is there, or only seems to be gone."""
        unsettled = (r.order for r in self.records.values() if r.state is PodState.GONE and not r.confirmed)
        return min((*(r.order for r in self.awaited()), *unsettled), default=None)


@dataclass(slots=True)
class DrainState:
    """The drain of one or several nodes together: one pace, one view of budgets, one deadline.

    ``budgets`` are those last read, by namespace; ``gates`` those of them that were found exhausted, by key. ``turns``
    are the controllers whose pods go one after the other, by uid. ``draw`` gives random numbers from 0 to 1.
    ``begun``: every node was cordoned, so that evicted pods do not move on to another node that is to be emptied.
    """

    options: DrainOptions
    started_at: float
    nodes: dict[str, NodeDrain]
    pacer: Pacer
    draw: Callable[[], float]
    gates: dict[str, Gate] = field(default_factory=dict)
    turns: dict[str, Turns] = field(default_factory=dict)
    budgets: dict[str, tuple[Budget, ...]] = field(default_factory=dict)
    budgets_at: float | None = None
    begun: bool = False

    @classmethod
    def of(cls, nodes: Iterable[str], options: DrainOptions, now: float, draw: Callable[[], float]) -> DrainState:
        """The state before the first step."""
        return cls(options, now, {name: NodeDrain(name) for name in nodes}, Pacer(options.evictions_per_second), draw)

    @property
    def deadline(self) -> float:
        return self.started_at + self.options.timeout_seconds

    @property
    def touched(self) -> bool:
        return any(node.touched for node in self.nodes.values())

    @property
    def looked_at_all(self) -> bool:
        """Whether it is known of every node what would have to go, or why nothing can."""
        return all(node.look is not None or node.failures for node in self.nodes.values())

    def open_nodes(self) -> list[NodeDrain]:
        """Those whose drain has not ended."""
        return [node for node in self.nodes.values() if node.ending is None]

    def in_flight(self) -> int:
        return sum(r.state is PodState.IN_FLIGHT for node in self.nodes.values() for r in node.records.values())

    def covering(self, pod: Pod) -> tuple[Budget, ...]:
        """The budgets that count when the pod is evicted."""
        return budgets_of(pod, self.budgets.get(pod.namespace, ()))

    def gate_of(self, record: PodRecord) -> Gate | None:
        """The exhausted budget that the pod waits for, if there is one."""
        return self.gates.get(record.covering[0].key) if record.covering else None

    def grace(self, node: NodeDrain) -> int | None:
        """The grace period that evictions ask for; None where the pods keep their own."""
        asked = self.options.grace_period_seconds
        if node.unreachable:
            return UNHEARD_GRACE_SECONDS if asked is None else min(asked, UNHEARD_GRACE_SECONDS)
        return asked

    def turns_of(self, record: PodRecord) -> Turns | None:
        """The turns that the pod has to wait for, if its like go one after the other; a budget says more than that."""
        controller = record.pod.controller
        return None if record.covering or controller is None else self.turns.get(controller.uid)

    def due_at(self, record: PodRecord) -> float:
        """When the pod may be evicted (again)."""
        gate, turns = self.gate_of(record), self.turns_of(record)
        return max(record.not_before, gate.next_try if gate else 0.0, turns.next_at() if turns else 0.0)
