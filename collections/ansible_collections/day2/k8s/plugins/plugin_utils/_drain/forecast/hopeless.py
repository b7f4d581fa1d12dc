# SPDX-License-Identifier: GPL-3.0-or-later
"""Budgets that can never allow an eviction, however long one waits.

They are told from what is written and wanted, not from the figures of the moment: a budget that allows nothing now may
be busy. Only where nothing speaks for a change is the answer certain.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..._model.budget import Budget
from ..._model.workload import is_built_in
from ..._model.workloads import Workloads
from .budget_book import Account, BudgetBook, Scale, top_of


@dataclass(frozen=True, slots=True)
class Hopeless:
    """``why`` and ``remedy`` are for people; not ``certain``: something may yet change it, as ``but`` says.

    ``managed``: an operator has the pods or the budget in hand, and may move them when their eviction is asked for.
    """

    why: str
    remedy: str
    certain: bool
    but: str = ""
    managed: bool = False


def hopeless(account: Account, book: BudgetBook, workloads: Workloads) -> Hopeless | None:
    """Why the budget never allows the eviction of a healthy pod; None where it may."""
    budget = account.budget
    scale = Scale.of(budget, book.covered(budget), workloads)
    if not scale.known:
        return Hopeless(
            f"{_written(budget)} needs to know how many pods there are to be, and their controller has no scale",
            "use minAvailable with a number",
            certain=True,
        )
    if budget.sync_failed:
        return Hopeless(
            "the server cannot tell how many pods there are to be (SyncFailed), and so allows nothing",
            "look at the budget's condition (kubectl describe pdb); minAvailable with a number needs no scale",
            certain=False,
        )
    if not budget.current:
        return None
    if scale.most == 0 or (account.desired < scale.most and account.expected > 0):
        return None
    but, managed = scale.unsettled, scale.managed
    if budget.owner is not None and not is_built_in(budget.owner):
        but, managed = f"{budget.owner.kind} {budget.owner.name} manages the budget", True
    why = (
        f"{_written(budget)} counts only pods with a controller, and there is none"
        if account.expected == 0
        else f"{_written(budget)} of {scale.most} pods leaves none to spare"
    )
    return Hopeless(why, _remedy(budget, scale.most), certain=not but, but=but, managed=managed)


def at_low_load(account: Account, book: BudgetBook, workloads: Workloads) -> str:
    """The autoscaler that will make the budget hopeless when it takes pods away, in words; empty where none does."""
    budget = account.budget
    if budget.max_unavailable is not None or not isinstance(budget.min_available, int):
        return ""  # of a percentage there is as much left of few pods as of many, but for the rounding
    controllers = {pod.controller.uid: pod.controller for pod in book.covered(budget) if pod.controller}
    tops = {top.uid: top for each in controllers.values() if (top := top_of(each, workloads)) is not None}
    for top in tops.values():
        for scaler in workloads.autoscalers:
            if (scaler.namespace, scaler.target_kind, scaler.target_name) != (top.namespace, top.kind, top.name):
                continue
            others = sum(other.wanted or 0 for other in tops.values() if other is not top)
            if others + scaler.lowest <= budget.min_available < others + (top.wanted or 0):
                return f"autoscaler {scaler.name} goes down to {scaler.lowest}, and {_written(budget)} then leaves none"
    return ""


def _written(budget: Budget) -> str:
    if budget.max_unavailable is not None:
        return f"maxUnavailable {budget.max_unavailable}"
    return f"minAvailable {budget.min_available}"


def _remedy(budget: Budget, pods: int) -> str:
    if budget.max_unavailable is not None:
        return "set maxUnavailable to 1" if pods > 0 else "use minAvailable with a number"
    if isinstance(budget.min_available, int):
        return f"run {budget.min_available + 1} pods, or lower minAvailable"
    return "lower minAvailable, or use maxUnavailable 1"
