# SPDX-License-Identifier: GPL-3.0-or-later
"""How the drain of nodes together went: what became of each pod, and what its budget misses where it did not go."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
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
    def leaves_at(self) -> Interval | None:
        """When it is granted to go, or goes by itself; None where neither happens."""
        return self.left_at or self.gone_at

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
    that it may decide how many go, or that the scheduler's choice may, since the pods that make these budgets whole
    have few nodes left; ``swayed`` are the ids of the observed pods about which either does decide.
    """

    departures: dict[str, list[Departure]]
    ended_at: Interval
    shortages: dict[str, Shortage]
    contested: frozenset[str]
    tight: bool = False
    swayed: frozenset[int] = frozenset()

    def gone(self) -> dict[int, Succession]:
        """Of the observed pods that go, by id, when another one is made in their place."""
        return {id(d.resident.origin): d.succession for d in self._going() if d.leaves_at}

    def swayed_against(self, others: Iterable[Course]) -> frozenset[int]:
        """The ids of the observed pods that go in one of the courses and stay in another.

        Pods of one budget stand for one another: of three that wait, it matters how many go and not which.
        """
        gone = [course._gone_by_group() for course in (self, *others)]
        swayed: set[int] = set()
        for group, departures in self._by_budget().items():
            numbers = [each[group] for each in gone]
            departures.sort(key=lambda departure: departure.leaves_at.high if departure.leaves_at else math.inf)
            swayed.update(id(departure.resident.origin) for departure in departures[min(numbers) : max(numbers)])
        return frozenset(swayed)

    def _gone_by_group(self) -> Counter[_Group]:
        return Counter(_group(departure) for departure in self._going() if departure.leaves_at)

    def _by_budget(self) -> dict[_Group, list[Departure]]:
        found: dict[_Group, list[Departure]] = defaultdict(list)
        for departure in self._going():
            found[_group(departure)].append(departure)
        return found

    def _going(self) -> Iterator[Departure]:
        return (departure for departures in self.departures.values() for departure in departures if departure.goes)


# The budgets of a pod, or the pod that has none.
_Group = tuple[str, ...] | int


def _group(departure: Departure) -> _Group:
    return tuple(account.budget.key for account in departure.accounts) or id(departure.resident.origin)
