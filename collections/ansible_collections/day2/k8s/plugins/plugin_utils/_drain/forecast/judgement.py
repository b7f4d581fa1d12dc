# SPDX-License-Identifier: GPL-3.0-or-later
"""What the course of a drain means for each pod, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from ..._model.interval import Interval
from ..._model.pod import Pod
from ..._model.workloads import Workloads
from ..budgets import desired_healthy, several_budgets
from ..classify import Treatment
from .budget_book import Account, BudgetBook, top_of
from .course import Course, Departure, Shortage
from .hopeless import Hopeless, at_low_load, hopeless
from .placement import Placement, Room
from .prognosis import Outcome, PodForecast, Successor
from .succession import Succession

_NAMED = 3  # pods named in one reason


@dataclass(frozen=True, slots=True)
class _Told:
    outcome: Outcome
    certain: bool
    reason: str = ""
    remedy: str = ""


class Judge:
    """Judges pods of one cluster; ``cordoned`` are the nodes that somebody had cordoned before any drain."""

    def __init__(self, workloads: Workloads, book: BudgetBook, placement: Placement, cordoned: frozenset[str]) -> None:
        self._workloads = workloads
        self._book = book
        self._placement = placement
        self._cordoned = cordoned
        self._hopeless: dict[str, Hopeless | None] = {}
        self._fragile: dict[str, str] = {}
        self._contacts: dict[tuple[str, str], tuple[str, str]] = {}

    def pod(self, node: str, departure: Departure, course: Course) -> PodForecast:
        """The forecast of one pod of ``node``."""
        pod = departure.resident.origin
        told = self._outcome(node, departure, course)
        successor, lacks = self._successor(node, departure)
        stays = departure.decision.treatment in (Treatment.IGNORE, Treatment.REFUSE)
        return PodForecast(
            namespace=pod.namespace,
            name=pod.name,
            node=node,
            outcome=told.outcome,
            certain=told.certain,
            seconds=Interval() if stays else departure.gone_at or course.ended_at,
            reason=told.reason,
            remedy=told.remedy,
            budget=departure.waited_for.budget.key if departure.waited_for else "",
            successor=successor,
            successor_why=lacks,
            contact=self._contact(pod, departure.waited_for),
        )

    def fragile(self, departures: Collection[Departure]) -> dict[str, str]:
        """Budgets of these pods that have something to spare only as long as an autoscaler leaves it: why, by key."""
        for account in {id(a): a for departure in departures for a in departure.accounts}.values():
            key = account.budget.key
            if key not in self._fragile:
                self._fragile[key] = at_low_load(account, self._book, self._workloads)
        keys = sorted({account.budget.key for departure in departures for account in departure.accounts})
        return {key: self._fragile[key] for key in keys if self._fragile[key]}

    def _outcome(self, node: str, departure: Departure, course: Course) -> _Told:
        pod, decision = departure.pod, departure.decision
        if decision.treatment is Treatment.IGNORE:
            return _Told(Outcome.STAYS, certain=True, reason=decision.reason)
        if decision.treatment is Treatment.REFUSE:
            remedy = "; ".join(finding.remedy for finding in decision.findings)
            return _Told(Outcome.NEVER, certain=True, reason=decision.reason, remedy=remedy)
        if len(departure.accounts) > 1:
            finding = several_budgets(pod, (account.budget for account in departure.accounts))
            return _Told(Outcome.NEVER, certain=True, reason=finding.message, remedy=finding.remedy)
        if decision.treatment is Treatment.COMPLETE:
            reason = f"{decision.reason}, and when that is nobody knows"
            return _Told(Outcome.UNKNOWN, certain=False, reason=reason)
        if id(departure.resident.origin) in course.swayed:
            what = f"budget {departure.waited_for.budget.key} allows it" if departure.waited_for else "it leaves"
            reason = f"whether {what} depends on which pods go first and which nodes the scheduler chooses for them"
            remedy = "make more room elsewhere, relax the scheduling rules of the pods, or drain fewer nodes together"
            return _Told(Outcome.UNKNOWN, certain=False, reason=reason, remedy=remedy)
        if departure.left_at is None and departure.waited_for is not None:
            return self._blocked(node, departure, departure.waited_for, course)
        if departure.gone_at is None and not departure.held:
            return self._behind(node, departure, course)
        if self._workloads.nodes[node].ready is None:
            reason = "the node's kubelet is not heard; the drain does not wait for it to confirm that the pod ended"
            return _Told(Outcome.LEAVES, certain=False, reason=reason)
        if departure.held:
            return self._held(departure)
        if self._comes_back(node, departure):
            reason = "can run on this node only and tolerates its cordon, so that its successor is back at once"
            remedy = "take the toleration of node.kubernetes.io/unschedulable away"
            return _Told(Outcome.NEVER, certain=False, reason=reason, remedy=remedy)
        if departure.waited_for is not None:
            reason = f"waits for budget {departure.waited_for.budget.key} to allow it"
            return _Told(Outcome.SLOW, certain=False, reason=reason)
        if departure.after_sibling:
            reason = "goes when another pod of its controller has a ready successor, for it is critical"
            return _Told(Outcome.SLOW, certain=False, reason=reason)
        if departure.removed_by:
            return _Told(Outcome.LEAVES, certain=False, reason=departure.removed_by)
        unsure = any(a.guessed or a.budget.key in course.contested for a in departure.accounts)
        return _Told(Outcome.LEAVES, certain=not unsure, reason=decision.reason)

    def _behind(self, node: str, departure: Departure, course: Course) -> _Told:
        """Its turn never comes, because a pod of a lower order stays."""
        order = departure.decision.order
        before = (d for d in course.departures[node] if d.goes and d.decision.order < order)
        told = [(d, self._outcome(node, d, course)) for d in before if d.gone_at is None]
        first = next(((d, t) for d, t in told if t.outcome is Outcome.NEVER), told[0])
        reason = f"its turn comes after {first[0].pod.key}, and {first[1].reason}"
        return _Told(first[1].outcome, first[1].certain, reason, first[1].remedy)

    def _held(self, departure: Departure) -> _Told:
        pod = departure.pod
        remedy = f"see to it that whoever set the finalizer {departure.held} runs and removes it"
        if pod.terminating and pod.deletes_at and pod.deletes_at < self._workloads.taken_at:
            reason = f"deletionTimestamp set and its grace period over; finalizer {departure.held} holds it"
            return _Told(Outcome.NEVER, certain=False, reason=reason, remedy=remedy)
        reason = f"finalizer {departure.held} holds it until somebody removes that"
        return _Told(Outcome.UNKNOWN, certain=False, reason=reason, remedy=remedy)

    def _blocked(self, node: str, departure: Departure, account: Account, course: Course) -> _Told:
        """Its budget never let the pod go."""
        key = account.budget.key
        if key not in self._hopeless:
            self._hopeless[key] = hopeless(account, self._book, self._workloads)
        hope = self._hopeless[key]
        if hope is not None:
            return _by_construction(key, hope)
        shortage = course.shortages.get(key, Shortage())
        unknown = next((place.why for _pod, place in shortage.homeless if place.room is Room.UNKNOWN), "")
        if unknown:
            reason = f"budget {key} waits for a pod whose way is not known: {unknown}"
            return _Told(Outcome.UNKNOWN, certain=False, reason=reason)
        if departure.resident.broken:
            reason = f"is not ready; budget {key} lets such a pod go only while enough others are healthy"
            remedy = "set unhealthyPodEvictionPolicy: AlwaysAllow on the budget, or repair the pod"
            return _Told(Outcome.NEVER, certain=False, reason=reason, remedy=remedy)
        uncounted = self._uncounted(account, course)
        if uncounted:
            reason = (
                f"budget {key} allows it if asked just while {uncounted} has no pod, for then it wants fewer of all"
            )
            return _Told(Outcome.UNKNOWN, certain=False, reason=reason, remedy="give each workload a budget of its own")
        return self._short(node, key, shortage)

    def _uncounted(self, account: Account, course: Course) -> str:
        """The workload that the server forgets for a moment, which is enough for the budget; empty where none is.

        How many pods there are to be it asks the controllers of those pods that exist: of one that makes a new pod only
        after the last old one is gone, it does not know in between.
        """
        if account.budget.counts_pods:
            return ""
        gone = course.gone()
        pods_of: dict[str, list[Pod]] = defaultdict(list)
        for pod in self._book.covered(account.budget):
            if pod.controller:
                pods_of[pod.controller.uid].append(pod)
        for pods in pods_of.values() if len(pods_of) > 1 else ():
            top = top_of(pods[0].controller, self._workloads) if pods[0].controller else None
            if top is None or any(gone.get(id(pod)) is not Succession.AFTER for pod in pods):
                continue
            if account.healthy > desired_healthy(account.budget, account.expected - (top.wanted or 0)):
                return f"{top.kind} {top.name}"
        return ""

    def _short(self, node: str, key: str, shortage: Shortage) -> _Told:
        """Its budget waits for pods that do not come."""
        if shortage.homeless:
            pod, place = shortage.homeless[0]
            reason = f"budget {key} waits for {pod.name}'s successor, which finds no room ({place.why})"
            remedy = "make room for it elsewhere, or relax its scheduling rules or the budget"
            return _Told(Outcome.NEVER, certain=self._no_room_ever(node, shortage), reason=reason, remedy=remedy)
        if shortage.held:
            reason = f"budget {key} waits for a pod that its StatefulSet makes only once those before it are ready"
            return _Told(Outcome.NEVER, certain=False, reason=reason, remedy="get the pods of lower number ready")
        if shortage.broken:
            names = sorted(resident.pod.name for resident in shortage.broken)
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            reason = f"budget {key} lacks healthy pods: {', '.join(names[:_NAMED])}{more} not ready"
            return _Told(Outcome.NEVER, certain=False, reason=reason, remedy="get them ready, or relax the budget")
        reason = f"budget {key} allows nothing, and it cannot be seen what would free it"
        return _Told(Outcome.UNKNOWN, certain=False, reason=reason, remedy="look at kubectl describe pdb")

    def _no_room_ever(self, node: str, shortage: Shortage) -> bool:
        """Whether what is missing can go nowhere as long as this node is cordoned, whatever becomes of the others."""
        if shortage.broken or shortage.held:
            return False
        closed = self._cordoned | {node}
        return not any(self._placement.could_ever(pod, without=closed) for pod, _place in shortage.homeless)

    def _successor(self, node: str, departure: Departure) -> tuple[Successor, str]:
        place = departure.place
        if place is None:
            if departure.left_at is None or departure.succession is Succession.NEVER:
                return Successor.NONE, ""
            until = "this one is gone" if departure.held else "those before it in its StatefulSet are ready"
            return Successor.UNKNOWN, f"it is made only once {until}"
        if place.room is not Room.FOUND:
            return (Successor.NO_ROOM if place.room is Room.NONE else Successor.UNKNOWN), place.why
        if self._placement.may_return(departure.pod, node):
            return Successor.BACK, "it tolerates the cordon"
        return Successor.ELSEWHERE, ""

    def _comes_back(self, node: str, departure: Departure) -> bool:
        pod = departure.pod
        if departure.succession is Succession.NEVER or not self._placement.may_return(pod, node):
            return False
        return not self._placement.could_ever(pod, without={node})

    def _contact(self, pod: Pod, account: Account | None) -> str:
        """Whom to call: what the pod, its controller, the budget or the namespace says, the nearest first."""
        key = (pod.namespace, pod.controller.uid if pod.controller else "")
        if key not in self._contacts:
            top = top_of(pod.controller, self._workloads) if pod.controller else None
            namespace = self._workloads.namespaces.get(pod.namespace)
            self._contacts[key] = top.contact if top else "", namespace.contact if namespace else ""
        of_controller, of_namespace = self._contacts[key]
        own = pod.labels.get(self._workloads.contact_key, "")
        return own or of_controller or (account.budget.contact if account else "") or of_namespace


def _by_construction(key: str, hope: Hopeless) -> _Told:
    reason = f"budget {key} never allows it: {hope.why}"
    if hope.certain:
        return _Told(Outcome.NEVER, certain=True, reason=reason, remedy=hope.remedy)
    if hope.managed:
        return _Told(Outcome.UNKNOWN, certain=False, reason=f"{reason}; but {hope.but}, which may move it when asked")
    reason += f"; but {hope.but}" if hope.but else ""
    return _Told(Outcome.NEVER, certain=False, reason=reason, remedy=hope.remedy)
