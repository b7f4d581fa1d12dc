# SPDX-License-Identifier: GPL-3.0-or-later
"""Which budget selects which pod, for a whole cluster at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..._model.budget import Budget
from ..._model.pod import Pod

_Label = tuple[str, str]


class Coverage:
    """Both ways; budgets by name, pods in the order given."""

    def __init__(self, budgets: Iterable[Budget], pods: Iterable[Pod]) -> None:
        # Most selectors ask for one value of a label, so that most budgets of a namespace need not be looked at.
        self._by_label: dict[str, dict[_Label, list[Budget]]] = defaultdict(lambda: defaultdict(list))
        self._others: dict[str, list[Budget]] = defaultdict(list)
        self._of: dict[tuple[str, int], tuple[Budget, ...]] = {}
        self._pods: dict[str, list[Pod]] = {}
        for budget in budgets:
            labels = list(_asked_for(budget))
            for label in labels:
                self._by_label[budget.namespace][label].append(budget)
            if not labels:
                self._others[budget.namespace].append(budget)
            self._pods[budget.key] = []
        for pod in pods:
            for budget in self.of(pod):
                self._pods[budget.key].append(pod)

    def of(self, pod: Pod) -> tuple[Budget, ...]:
        """The budgets that select the pod."""
        namespace = pod.namespace
        if namespace not in self._by_label and namespace not in self._others:
            return ()
        key = (namespace, id(pod.labels))  # labels live as long as their pods, and successors have their pod's
        found = self._of.get(key)
        if found is None:
            by_label = self._by_label.get(namespace, {})
            candidates = [b for label in pod.labels.items() for b in by_label.get(label, ())]
            candidates += self._others.get(namespace, ())
            found = tuple(sorted((b for b in candidates if b.covers(pod)), key=lambda budget: budget.name))
            self._of[key] = found
        return found

    def pods(self, budget: Budget) -> list[Pod]:
        """The pods that the budget selects."""
        return self._pods[budget.key]


def _asked_for(budget: Budget) -> Iterator[_Label]:
    """Labels of which every pod of the budget has one; none where the selector is of another kind."""
    for requirement in budget.selector.requirements:
        if requirement.operator == "In":
            return ((requirement.key, value) for value in requirement.values)
    return iter(())
