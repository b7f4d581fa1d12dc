# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drain engine remembers of one drain. All times are those of the caller's clock."""

from __future__ import annotations

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


class PodState(str, Enum):
    """Where a pod that has to go stands.

    IN_FLIGHT: an eviction was sent. UNSURE: its answer was none, so the pod has to be looked at before anything else.
    """

    PENDING = "pending"
    IN_FLIGHT = "in flight"
    UNSURE = "unsure"
    TERMINATING = "terminating"
    GONE = "gone"


class Ending(str, Enum):
    """How a drain ended; REFUSED: before anything was touched."""

    DRAINED = "drained"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed out"


@dataclass(slots=True)
class PodRecord:
    """A pod that has to go. ``evicted`` says that it goes because of us; ``answer`` is the last one to an attempt."""

    pod: Pod
    state: PodState
    since: float
    reason: str = ""
    evicted: bool = False
    attempts: int = 0
    tried_at: float = 0.0
    not_before: float = 0.0
    unsure_since: float = 0.0
    gone_at: float | None = None
    answer: Answer | None = None


@dataclass(slots=True)
class Gate:
    """An exhausted budget: when it began to block, and when one of its pods may try again."""

    blocked_since: float
    next_try: float


@dataclass(slots=True)
class DrainState:
    """One drain of one node; ``records`` are the pods that have to go, ``left`` those that stay or may not, by uid."""

    options: DrainOptions
    started_at: float
    pacer: Pacer = field(default_factory=Pacer)
    records: dict[str, PodRecord] = field(default_factory=dict)
    left: dict[str, Decision] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    failures: list[Finding] = field(default_factory=list)
    ending: Ending | None = None

    touched: bool = False
    cordons: int = 0
    cordoned_since: float | None = None

    look: Listing | None = None
    looked_at: float = 0.0
    look_not_before: float = 0.0
    trouble: str = ""
    budgets: tuple[Budget, ...] = ()
    budgets_at: float = 0.0

    @property
    def deadline(self) -> float:
        return self.started_at + self.options.timeout_seconds

    def remaining(self) -> list[PodRecord]:
        return [record for record in self.records.values() if record.state is not PodState.GONE]

    def in_flight(self) -> int:
        return sum(record.state is PodState.IN_FLIGHT for record in self.records.values())

    def gate_of(self, record: PodRecord) -> Gate | None:
        """The exhausted budget that the pod waits for, if there is one."""
        covering = budgets_of(record.pod, self.budgets)
        return self.gates.get(covering[0].key) if covering else None

    def due_at(self, record: PodRecord) -> float:
        """When the pod may be evicted (again)."""
        gate = self.gate_of(record)
        return max(record.not_before, gate.next_try if gate else 0.0)
