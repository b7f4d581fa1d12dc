# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that come back to the cordoned node: those that tolerate the cordon, or that no scheduler places.

Evicting them for ever would end nothing, so that after some returns they are left, and named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .._model.finding import Finding, Severity
from .._model.pod import Pod
from .._model.taint import CORDON
from .classify import Decision, Treatment, daemonset_of
from .options import DrainOptions
from .state import NodeDrain, PodRecord

CODE = "D2-DRAIN-008"
# A pod may come back once because no other node had room for the moment; that it comes back again is its nature.
_RETURNS = 2


def tolerates_cordon(pod: Pod) -> bool:
    """Whether the scheduler may place the pod's successor on the cordoned node."""
    return any(toleration.tolerates(CORDON) for toleration in pod.spec.tolerations)


def tolerant(pods: Iterable[Pod]) -> list[Finding]:
    """A warning for each workload whose pods tolerate the cordon, before they are evicted.

    Those of DaemonSets always do; where they are evicted at all, they have finished or their DaemonSet is gone.
    """
    workloads = {
        workload_of(pod) for pod in pods if pod.controller and daemonset_of(pod) is None and tolerates_cordon(pod)
    }
    return [
        Finding(
            code=CODE,
            subject=workload,
            message="its pods tolerate the cordon, so that they may come back to the node",
            why="a pod that comes back for ever keeps the node from being emptied",
            remedy="take the toleration of node.kubernetes.io/unschedulable away, unless it is a DaemonSet's",
            severity=Severity.WARNING,
        )
        for workload in sorted(workloads)
    ]


def returns_of(pod: Pod, records: Iterable[PodRecord]) -> int:
    """How often in a row pods of this one's controller were evicted from the node and came back to it."""
    if pod.controller is None:
        return 0
    before = (r.returns for r in records if r.evicted and r.pod.controller == pod.controller)
    return max(before, default=-1) + 1


def come_back(decision: Decision, node: NodeDrain, returns: int, options: DrainOptions) -> Decision:
    """The decision about a pod that could be evicted, in view of how often its like came back."""
    if returns < _RETURNS:
        return decision
    pod = decision.pod
    finding = _returned(pod, node.name, returns)
    reason = f"came back {returns} times; evicting it again would not help"
    if (finding.code, finding.subject) not in options.accepted:
        return Decision(pod, Treatment.REFUSE, reason, _unless_known(finding, node.failures))
    warning = replace(finding, severity=Severity.WARNING)
    return Decision(pod, Treatment.IGNORE, reason, _unless_known(warning, node.warnings))


def _unless_known(finding: Finding, known: Iterable[Finding]) -> tuple[Finding, ...]:
    return () if finding in known else (finding,)


def _returned(pod: Pod, node: str, returns: int) -> Finding:
    how = "tolerate the cordon" if tolerates_cordon(pod) else "are bound to it in spite of the cordon"
    return Finding(
        code=CODE,
        subject=workload_of(pod),
        message=f"its pods came back to the cordoned node {node} {returns} times after they were evicted: they {how}",
        why="the pods that are there would be killed by the work on the node, without regard to their grace period",
        remedy="take the toleration (or nodeName) away, scale the workload down, or accept the finding for it",
    )


def workload_of(pod: Pod) -> str:
    """What a person knows the pod's controller by: ``Deployment/shop/web`` rather than its ReplicaSet."""
    controller = pod.controller
    if controller is None:
        return pod.key
    suffix = f"-{pod.labels.get('pod-template-hash', '')}"
    if controller.kind == "ReplicaSet" and len(suffix) > 1 and controller.name.endswith(suffix):
        return f"Deployment/{pod.namespace}/{controller.name.removesuffix(suffix)}"
    return f"{controller.kind}/{pod.namespace}/{controller.name}"
