# SPDX-License-Identifier: GPL-3.0-or-later
"""Drains worked through in thought: budgets and placement together, over sets of nodes, one set after the other.

What cluster-autoscaler's scale-down and Karpenter's consolidation simulate is placement; budgets they take from the
server as they stand, so that a pod whose successor finds no room still seems to free its budget (kubernetes/autoscaler
issues 9111 and 6718). Here a budget is earned back only by a successor that found a place and got ready.

All of it is deterministic: the same input gives the same course. Where the scheduler's choice among several nodes may
decide, or which of several pods a budget lets go first, the drain is worked through again with other choices, and what
then goes otherwise is not known.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from ..._model.workloads import Workloads
from ..classify import Decision, classify
from ..options import DrainOptions
from .budget_book import BudgetBook
from .course import Course
from .drainage import Drainage, Luck
from .durations import Durations
from .placement import Placement
from .residents import Resident, Residents
from .succession import Endings

# Other ways it may go: with good or bad luck in which pod goes first, with other nodes chosen, or both.
_CHANCES = tuple(product(Luck, (False, True)))[1:]


class Simulation:
    """A cluster whose nodes are drained and given back, set by set; it remembers where pods went."""

    def __init__(self, workloads: Workloads, options: DrainOptions, durations: Durations) -> None:
        self.workloads = workloads
        self.options = options
        self.book = BudgetBook(workloads)
        self.placement = Placement(workloads)
        self.cordoned = frozenset(self.placement.closed)
        self._durations = durations
        self._residents = Residents(workloads, self.placement, self.book)
        self._endings = Endings(workloads)
        self._missing_daemonsets = workloads.missing_daemonsets

    def drain(self, names: Collection[str]) -> Course:
        """Drains these nodes together, gives them back, and remembers."""
        course = self.attempt(names)
        self.keep()
        return course

    def attempt(self, names: Collection[str]) -> Course:
        """As ``drain``, to be kept or taken back before anything else is asked."""
        course = self._marked(names)
        if course.tight:
            others = []
            for luck, contrary in _CHANCES:
                self.take_back()
                others.append(self._marked(names, luck, contrary=contrary))
            self.take_back()
            course = self._marked(names)
            course.swayed = course.swayed_against(others)
        return course

    def keep(self) -> None:
        """The attempt counts."""
        self._residents.forget()

    def take_back(self) -> None:
        """All is as before the attempt."""
        self._residents.undo()

    def trial(self, names: Collection[str]) -> Course:
        """As ``drain``; afterwards all is as before."""
        course = self.attempt(names)
        self.take_back()
        return course

    def _marked(self, names: Collection[str], luck: Luck = Luck.NONE, *, contrary: bool = False) -> Course:
        self._residents.mark()
        self.placement.contrary = contrary
        course = self._drain(names, luck)
        self.placement.contrary = False
        return course

    def _drain(self, names: Collection[str], luck: Luck) -> Course:
        ours = [name for name in names if name not in self.cordoned]
        for name in ours:
            self._residents.cordon(name)
        drainage = Drainage(
            self.workloads, self._residents, self.placement, self.book, self._durations, self._endings, luck=luck
        )
        course = drainage.run(pair for name in names for pair in self._decisions(name))
        for name in ours:
            self._residents.uncordon(name)
        # Who finds a place now is ready before the next drain begins.
        for resident in self._residents.welcome(ours):
            if not resident.broken:
                self._residents.become_ready(resident)
        return course

    def _decisions(self, name: str) -> list[tuple[Resident, Decision]]:
        """What a drain does with each pod of the node."""
        residents = self._residents.on(name)
        pods = [resident.pod for resident in residents]
        by_pod = {id(resident.pod): resident for resident in residents}
        decisions = classify(pods, self.options, missing_daemonsets=self._missing_daemonsets)
        return [(by_pod[id(decision.pod)], decision) for decision in decisions]
