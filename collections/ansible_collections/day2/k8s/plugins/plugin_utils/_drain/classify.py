# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain does with each pod of a node: the rules of kubectl drain (k8s.io/kubectl/pkg/drain/filters.go).

Two differences, both on the safe or the informative side: everything that is wrong with a pod is said at once, and a
pod that is already being deleted is waited for instead of refused, since nothing is left to decide about it. The
operator's rules (``rules``) come on top; they can keep a pod, never take one that nothing else permits to take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from .._model.finding import Finding, Severity
from .._model.pod import Controller, Pod
from .options import DrainOptions
from .rules import ORDINARY, RuleAction, order_of, rule_of


class Treatment(str, Enum):
    """What happens to a pod. COMPLETE: it is waited for until it has finished by itself, and then removed."""

    EVICT = "evict"
    COMPLETE = "complete"
    AWAIT = "await"
    IGNORE = "ignore"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason`` is for people; ``findings`` are why it is refused, or warnings about what eviction costs.

    ``order`` is when it is the pod's turn, if it is to go.
    """

    pod: Pod
    treatment: Treatment
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    order: int = ORDINARY


def daemonset_of(pod: Pod) -> Controller | None:
    """The DaemonSet that controls the pod, if one does."""
    controller = pod.controller
    if controller and controller.kind == "DaemonSet" and controller.api_version.startswith("apps/"):
        return controller
    return None


def classify(pods: Iterable[Pod], options: DrainOptions, *, missing_daemonsets: frozenset[str]) -> list[Decision]:
    """One decision a pod, in the pods' order; ``missing_daemonsets`` are uids of controllers that no longer exist."""
    return [_decide(pod, options, missing_daemonsets) for pod in pods if options.selector.matches(pod.labels)]


def _decide(pod: Pod, options: DrainOptions, missing_daemonsets: frozenset[str]) -> Decision:
    if pod.mirror:
        return Decision(pod, Treatment.IGNORE, "static pod, belongs to the kubelet")
    rule = rule_of(pod, options.rules)
    if rule is not None and rule.action is RuleAction.SKIP:
        return Decision(pod, Treatment.IGNORE, "left where it is by a rule")
    daemonset = daemonset_of(pod)
    orphaned = daemonset is not None and daemonset.uid in missing_daemonsets
    if daemonset is not None and not orphaned and not pod.finished:
        if options.ignore_daemonsets:
            return Decision(pod, Treatment.IGNORE, f"of DaemonSet {daemonset.name}")
        return Decision(pod, Treatment.REFUSE, "of a DaemonSet", (_of_daemonset(pod, daemonset),))
    order = order_of(pod, rule)
    if pod.terminating:
        return Decision(pod, Treatment.AWAIT, "was already being deleted", order=order)
    if pod.finished:
        return Decision(pod, Treatment.EVICT, f"finished ({pod.phase})", order=order)
    if rule is not None and rule.action is RuleAction.WAIT_COMPLETED:
        return Decision(pod, Treatment.COMPLETE, "a rule lets it finish by itself", order=order)
    return _permitted(pod, options, order, orphaned=orphaned)


def _permitted(pod: Pod, options: DrainOptions, order: int, *, orphaned: bool) -> Decision:
    """Whether a running pod may be evicted, and what that costs."""
    objections = []
    if pod.empty_dir_volumes and not options.delete_emptydir_data:
        objections.append(_local_data(pod))
    if pod.controller is None and not options.force:
        objections.append(_unmanaged(pod))
    if orphaned and not options.force:
        objections.append(_orphaned(pod))
    accepted = [o for o in objections if (o.code, o.subject) in options.accepted]
    if len(accepted) < len(objections):
        remaining = tuple(o for o in objections if o not in accepted)
        return Decision(pod, Treatment.REFUSE, "; ".join(o.message for o in remaining), remaining)
    costs = accepted or ([_orphaned(pod)] if orphaned else [])
    warnings = tuple(replace(o, severity=Severity.WARNING) for o in costs)
    return Decision(pod, Treatment.EVICT, findings=warnings, order=order)


def _of_daemonset(pod: Pod, daemonset: Controller) -> Finding:
    return Finding(
        code="D2-DRAIN-007",
        subject=pod.key,
        message=f"is a pod of DaemonSet {daemonset.name}, and ignore_daemonsets is off",
        why="its DaemonSet would put it back on the node at once, cordon or not",
        remedy="set ignore_daemonsets: true, or take the DaemonSet off the node first",
    )


def _local_data(pod: Pod) -> Finding:
    return Finding(
        code="D2-DRAIN-003",
        subject=pod.key,
        message=f"has emptyDir data ({', '.join(pod.empty_dir_volumes)})",
        why="the data is deleted with the pod and nowhere else",
        remedy="set delete_emptydir_data: true if it can be lost, or move it to a persistent volume",
    )


def _unmanaged(pod: Pod) -> Finding:
    return Finding(
        code="D2-DRAIN-002",
        subject=pod.key,
        message="has no controller",
        why="nothing would start it again elsewhere",
        remedy="set force: true if it can go for good, or let a Deployment or Job own it",
    )


def _orphaned(pod: Pod) -> Finding:
    return Finding(
        code="D2-DRAIN-004",
        subject=pod.key,
        message=f"belongs to DaemonSet {pod.controller.name if pod.controller else '?'}, which no longer exists",
        why="nothing would start it again elsewhere",
        remedy="set force: true if it can go for good, or create the DaemonSet again",
    )
