# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server's arithmetic of PodDisruptionBudgets, to know its answer to an eviction without asking.

After kubernetes/kubernetes:pkg/registry/core/pod/storage/eviction.go (which budget counts for which pod) and
pkg/controller/disruption/disruption.go (how a percentage becomes a number).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from .._model.budget import Budget
from .._model.finding import Finding
from .._model.pod import Pod


def scaled(value: int | str, total: int) -> int:
    """A number as it is, a percentage of ``total`` rounded up, for minAvailable and maxUnavailable alike."""
    if isinstance(value, int):
        return value
    return math.ceil(int(value.removesuffix("%")) * total / 100)


def desired_healthy(budget: Budget, expected: int) -> int:
    """How many healthy pods the budget asks for when ``expected`` are wanted."""
    if budget.max_unavailable is not None:
        return max(0, expected - scaled(budget.max_unavailable, expected))
    return scaled(budget.min_available, expected) if budget.min_available is not None else 0


def protected(pod: Pod) -> bool:
    """Whether the server looks at budgets at all when this pod is evicted."""
    return not (pod.finished or pod.terminating or pod.phase == "Pending")


def budgets_of(pod: Pod, budgets: Iterable[Budget]) -> tuple[Budget, ...]:
    """Those that count when the pod is evicted, by name."""
    if not protected(pod):
        return ()
    return tuple(sorted((b for b in budgets if b.covers(pod)), key=lambda budget: budget.name))


def never_frees(budget: Budget) -> bool:
    """Whether the budget allows no disruption although everything it covers is healthy: waiting will not help.

    Not true while a disruption is still in progress, or where the controller has yet to see the object as it is now.
    """
    return (
        budget.current
        and budget.expected_pods > 0
        and budget.disruptions_allowed == 0
        and budget.current_healthy >= budget.expected_pods
        and not budget.disrupted_pods
    )


def needs(budget: Budget) -> str:
    """``needs 5 healthy, has 5``, with what explains it where more has to be said."""
    text = f"needs {budget.desired_healthy} healthy, has {budget.current_healthy}"
    if not budget.current:
        return f"{text}; the server has not yet evaluated its latest change"
    return f"{text}; allows no disruption even with all of its pods healthy" if never_frees(budget) else text


class Ledger:
    """Budgets as evictions use them up one after the other, for working through a node without evicting anything."""

    def __init__(self, budgets: Iterable[Budget]) -> None:
        self._budgets = {budget.key: budget for budget in budgets}

    def spend(self, pod: Pod) -> Budget | None:
        """Evicts the pod in thought, after all that was spent before; returns the budget that forbids it, if one does.

        A pod with several budgets is forbidden by the first of them.
        """
        covering = budgets_of(pod, self._budgets.values())
        if not covering:
            return None
        budget = covering[0]
        if len(covering) > 1:
            return budget
        if not pod.ready and _unready_may_go(budget):
            return None  # it was not counted as healthy, so that nothing is spent
        if not budget.current or budget.disruptions_allowed <= 0:
            return budget
        self._budgets[budget.key] = replace(
            budget,
            disruptions_allowed=budget.disruptions_allowed - 1,
            disrupted_pods=budget.disrupted_pods | {pod.name},
        )
        return None


def _unready_may_go(budget: Budget) -> bool:
    return budget.always_allow_unhealthy or budget.current_healthy >= budget.desired_healthy > 0


def several_budgets(pod: Pod, covering: Iterable[Budget]) -> Finding:
    """The finding about a pod that the server will never let be evicted."""
    names = ", ".join(budget.key for budget in covering)
    return Finding(
        code="D2-DRAIN-005",
        subject=pod.key,
        message=f"is covered by several disruption budgets ({names})" if names else "is covered by several budgets",
        why="the API server refuses to evict such a pod, now and later",
        remedy="change the selectors so that one budget is left for the pod",
    )
