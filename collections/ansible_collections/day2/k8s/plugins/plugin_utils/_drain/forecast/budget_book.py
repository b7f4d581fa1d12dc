# SPDX-License-Identifier: GPL-3.0-or-later
"""The disruption budgets of a cluster while pods move in thought: spent by evictions, earned back by successors.

After kubernetes/kubernetes:pkg/controller/disruption/disruption.go, with ``budgets`` for the server's part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..._model.budget import Budget
from ..._model.pod import Controller, Pod
from ..._model.workload import Workload, is_built_in
from ..._model.workloads import CONTROLLERS, Workloads
from ..budgets import desired_healthy, protected
from .coverage import Coverage

# The server asks these for how many pods there are to be; of other built-in kinds it cannot tell.
_SCALED = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")


@dataclass(slots=True)
class Account:
    """One budget: ``healthy`` pods now, ``desired`` of them; ``allowed`` evictions.

    ``guessed`` says that the figures are not the server's own: it has not yet evaluated the object as it is.
    """

    budget: Budget
    desired: int
    healthy: int
    expected: int
    allowed: int
    guessed: bool = False

    def unready_may_go(self) -> bool:
        return self.budget.always_allow_unhealthy or self.healthy >= self.desired > 0

    def spend(self) -> None:
        """A healthy pod is evicted."""
        self.allowed -= 1
        self.healthy -= 1

    def spend_unready(self) -> None:
        """A pod that is not healthy is evicted and counted all the same, until the server evaluates anew."""
        self.allowed -= 1

    def earn(self) -> None:
        """A pod got ready."""
        self.healthy += 1
        self.evaluate()

    def lose(self) -> None:
        """A healthy pod goes, but not by an eviction."""
        self.healthy -= 1
        self.evaluate()

    def evaluate(self) -> None:
        """What the server makes of the figures."""
        enough = self.expected > 0 and not self.budget.sync_failed
        self.allowed = max(0, self.healthy - self.desired) if enough else 0


class BudgetBook:
    """All budgets, found by the pods they cover."""

    def __init__(self, workloads: Workloads) -> None:
        self._workloads = workloads
        self._coverage = Coverage(workloads.budgets, workloads.pods)
        self._accounts = {budget.key: self._open(budget) for budget in workloads.budgets}
        # By the identity of the budgets' tuple, of which there is one for each kind of pod.
        self._accounts_of: dict[int, tuple[Account, ...]] = {}

    def of(self, pod: Pod) -> tuple[Account, ...]:
        """The budgets that select the pod, by name, whatever state it is in."""
        budgets = self._coverage.of(pod)
        if not budgets:
            return ()
        found = self._accounts_of.get(id(budgets))
        if found is None:
            found = self._accounts_of[id(budgets)] = tuple(self._accounts[budget.key] for budget in budgets)
        return found

    def asked(self, pod: Pod) -> tuple[Account, ...]:
        """The budgets that the server asks when the pod is evicted."""
        return self.of(pod) if protected(pod) else ()

    def covered(self, budget: Budget) -> list[Pod]:
        """All pods that the budget selects, as they were observed."""
        return self._coverage.pods(budget)

    def _open(self, budget: Budget) -> Account:
        if budget.current and not budget.sync_failed:
            return Account(
                budget,
                budget.desired_healthy,
                budget.current_healthy,
                budget.expected_pods,
                budget.disruptions_allowed,
            )
        covered = self.covered(budget)
        scale = Scale.of(budget, covered, self._workloads)
        healthy = sum(p.ready and not p.terminating and p.name not in budget.disrupted_pods for p in covered)
        account = Account(
            budget, desired_healthy(budget, scale.expected), healthy, scale.expected, allowed=0, guessed=True
        )
        if not budget.sync_failed and scale.known:
            account.allowed = max(0, healthy - account.desired) if scale.expected > 0 else 0
        return account


@dataclass(frozen=True, slots=True)
class Scale:
    """How many pods of a budget there are to be.

    ``expected`` is the server's figure; ``most`` how many there will be at all once nothing changes any more, pods
    without a controller included. ``known`` is False where the server cannot tell, and so allows nothing.
    ``unsettled`` says in words why the figure may be another one soon; empty where nothing speaks for that.
    ``managed``: somebody's own controller makes the pods themselves.
    """

    expected: int
    most: int
    known: bool
    unsettled: str
    managed: bool

    @classmethod
    def of(cls, budget: Budget, covered: Iterable[Pod], workloads: Workloads) -> Scale:
        """``covered`` are the pods that the budget selects."""
        covered = list(covered)
        alive = [pod for pod in covered if not pod.terminating and not pod.finished]
        controllers = {pod.controller.uid: pod.controller for pod in covered if pod.controller}
        tops = {uid: top_of(controller, workloads) for uid, controller in controllers.items()}
        known = [top for top in tops.values() if top is not None and top.kind in _SCALED]
        scaled = {top.uid: top.wanted or 0 for top in known}
        bare = sum(pod.controller is None for pod in alive)
        unknown = [uid for uid, top in tops.items() if top is None or top.kind not in _SCALED]
        unscaled = sum(pod.controller is not None and pod.controller.uid in unknown for pod in alive)
        total = sum(scaled.values())
        return cls(
            expected=len(covered) if budget.counts_pods else total,
            most=total + bare + unscaled,
            known=budget.counts_pods
            or not any(_without_scale(controllers[uid], tops[uid], workloads) for uid in unknown),
            unsettled=_unsettled(alive, controllers.values(), tops, workloads, more_help=_more_help(budget)),
            managed=any(not is_built_in(controller) for controller in controllers.values()),
        )


def top_of(controller: Controller, workloads: Workloads) -> Workload | None:
    """What a pod's controller leads up to, as far as it is of a known kind: the Deployment of a ReplicaSet."""
    workload = workloads.controllers.get(controller.uid)
    while workload and workload.owner and workload.owner.uid in workloads.controllers:
        workload = workloads.controllers[workload.owner.uid]
    return workload


def _without_scale(controller: Controller, top: Workload | None, workloads: Workloads) -> bool:
    """Whether the server cannot tell how many pods this controller wants: it is of a kind without, or gone."""
    if not is_built_in(controller):
        return False  # whether it has a scale is not known here; the budget's own status says it when it failed
    path = next((path for path, kind in CONTROLLERS.items() if kind == controller.kind), "")
    return controller.kind not in _SCALED or (top is None and path in workloads.listed)


def _more_help(budget: Budget) -> bool:
    """Whether with more pods the budget could allow something: not where it wants all of them, however many."""
    return budget.max_unavailable not in (0, "0%") and budget.min_available != "100%"


def _unsettled(
    alive: list[Pod],
    controllers: Iterable[Controller],
    tops: dict[str, Workload | None],
    workloads: Workloads,
    *,
    more_help: bool,
) -> str:
    """Why there may soon be more healthy pods than now, or another number wanted."""
    for controller in controllers:
        top = tops[controller.uid]
        if not is_built_in(controller) or (top and top.owner and not is_built_in(top.owner)):
            owner = controller if not is_built_in(controller) or top is None else top.owner
            return f"{owner.kind if owner else controller.kind} {owner.name if owner else controller.name} manages them"
        if top is None and controller.kind in _SCALED:
            return f"{controller.kind} {controller.name} was not seen"
        if top is None:
            continue
        if top.changing or top.wanted == 0:
            return f"{top.kind} {top.name} is being changed"
        for scaler in workloads.autoscalers if more_help else ():
            target = (scaler.namespace, scaler.target_kind, scaler.target_name)
            if target == (top.namespace, top.kind, top.name) and scaler.highest > (top.replicas or 0):
                return f"autoscaler {scaler.name} may add pods"
    wanted = sum(t.wanted or 0 for t in {top.uid: top for top in tops.values() if top}.values())
    if all(top is not None for top in tops.values()) and len(alive) > wanted + sum(p.controller is None for p in alive):
        return "there are more pods than wanted for now"
    return ""
