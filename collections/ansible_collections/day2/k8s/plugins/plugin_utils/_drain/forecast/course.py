# SPDX-License-Identifier: GPL-3.0-or-later
"""How the drain of nodes together went: what became of each pod, and what its budget misses where it did not go."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..._model.interval import Interval
from ..._model.pod import Pod
from ..classify import Decision, Treatment
from .budget_book import Account
from .placement import Place
from .residents import Resident
from .succession import Succession


@dataclass(slots=True, eq=False)
class Departure:
    """What happens to one pod of a drained node.

    ``left_at`` is when its eviction is granted, ``gone_at`` when it is gone, both None where that does not happen;
    ``waited_for`` is the budget that made it wait; ``removed_by`` says who takes it away without our doing; ``place``
    is where its successor goes (None: there is none); ``held`` is its finalizer that nobody is known to remove;
    ``after_sibling`` says that it waited for another pod of its controller.
    """

    resident: Resident
    decision: Decision
    accounts: tuple[Account, ...] = ()
    succession: Succession = Succession.NEVER
    removed_by: str = ""
    held: str = ""
    left_at: Interval | None = None
    gone_at: Interval | None = None
    waited_for: Account | None = None
    place: Place | None = None
    after_sibling: bool = False

    @property
    def pod(self) -> Pod:
        return self.resident.pod

    @property
    def goes(self) -> bool:
        """Whether the drain is to get rid of it."""
        return self.decision.treatment not in (Treatment.IGNORE, Treatment.REFUSE)


@dataclass(slots=True)
class Shortage:
    """The pods that a budget misses: ``homeless`` have no node, ``broken`` ones do not get ready.

    ``held`` are not made because a pod of the same StatefulSet before them is not ready.
    """

    homeless: list[tuple[Pod, Place]] = field(default_factory=list)
    broken: list[Resident] = field(default_factory=list)
    held: list[Resident] = field(default_factory=list)


@dataclass(slots=True)
class Course:
    """``ended_at`` is when nothing moves any more; ``shortages`` by budget key, of those that still block.

    ``contested`` are the budgets that let one pod after the other go; which one goes first is chance. ``tight`` says
    that the pods that make these budgets whole have so few nodes left that the scheduler's choice of nodes may decide;
    ``swayed`` are the ids of the observed pods about which it does decide.
    """

    departures: dict[str, list[Departure]]
    ended_at: Interval
    shortages: dict[str, Shortage]
    contested: frozenset[str]
    tight: bool = False
    swayed: frozenset[int] = frozenset()

    @property
    def gone(self) -> frozenset[int]:
        """The ids of the observed pods that go."""
        everybody = (departure for departures in self.departures.values() for departure in departures)
        return frozenset(id(d.resident.origin) for d in everybody if d.left_at or d.gone_at)
