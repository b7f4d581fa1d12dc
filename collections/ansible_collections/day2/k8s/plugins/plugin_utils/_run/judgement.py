# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a run: judged from the cluster as it is now, not from what the plays believe they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from .._gates import gates
from .._model.annotations import Journal
from .._model.control_plane import all_at, component_versions
from .._model.finding import Finding, blocking
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion


class RunResult(str, Enum):
    """How a run ended. ``paused``: the same command goes on; ``halted``: a person has to look first."""

    DONE = "done"
    PAUSED = "paused"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class Failure:
    """At which step (empty before any), and why."""

    step: str
    message: str


@dataclass(frozen=True, slots=True)
class Course:
    """What the run's own events add to what the cluster shows, by Node name.

    ``failures`` are of nodes whose step failed or never ended; ``refusals`` and ``deferrals`` say why nodes were not
    admitted in the end.
    """

    failures: Mapping[str, Failure] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    deferrals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FailedNode:
    """A node whose step failed: at which step (empty before any), why, and whether it is cordoned now."""

    node: str
    step: str
    message: str
    cordoned: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RemainingNode:
    """A node of the plan that is not as wanted, and what it lacks."""

    node: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``findings`` say why the result is ``halted`` or, within the failure budget, what failed all the same."""

    result: RunResult
    done: tuple[str, ...]
    failed: tuple[FailedNode, ...]
    remaining: tuple[RemainingNode, ...]
    findings: tuple[Finding, ...]


def judge(
    snapshot: Snapshot,
    course: Course,
    *,
    run_id: str,
    planned: Sequence[str],
    target: KubernetesVersion,
    failure_budget: int,
) -> Judgement:
    """``planned`` are the Nodes of the plan in order."""
    lacking = {name: reasons for name in planned if (reasons := lacks(snapshot, name, target))}
    done = tuple(name for name in planned if name not in lacking)
    failed = tuple(_failed(snapshot, course, run_id, planned))
    refused = {name: why for name, why in course.refusals.items() if name in lacking}
    broken = _broken(snapshot, target, done)
    if len(failed) > failure_budget or refused or broken:
        result = RunResult.HALTED
    else:
        result = RunResult.PAUSED if lacking else RunResult.DONE
    return Judgement(
        result=result,
        done=done,
        failed=failed,
        remaining=tuple(_remaining(name, reasons, course) for name, reasons in lacking.items()),
        findings=(*map(_node_failed, failed), *_not_admitted(refused), *broken),
    )


def lacks(snapshot: Snapshot, name: str, target: KubernetesVersion) -> list[str]:
    """What keeps the Node from being done: version, readiness, or that it is still in the hand of a run.

    A cordon of somebody else's is no such thing.
    """
    node = snapshot.nodes.get(name)
    if node is None:
        return ["the cluster has no such Node any more"]
    reasons = []
    if node.kubelet_version != target:
        reasons.append(f"kubelet {node.kubelet_version}")
    if node.control_plane and not all_at(component_versions(node, None, snapshot.system_pods), target):
        reasons.append(f"its control-plane pods are not all at {target}")
    if node.ready is not True:
        reasons.append("not Ready")
    return reasons + _held(node)


def _held(node: Node) -> list[str]:
    try:
        if node.claim:
            return [f"claimed by run {node.claim.run}"]
        if node.unschedulable and node.cordon_owner:
            return [f"cordoned by run {node.cordon_owner.run}"]
    except ValueError as error:
        return [str(error)]
    return []


def _broken(snapshot: Snapshot, target: KubernetesVersion, done: Sequence[str]) -> tuple[Finding, ...]:
    """What the gates over the whole cluster find at the end."""
    verdicts = gates.evaluate(gates.post_gates(target, done), snapshot)
    return tuple(finding for verdict in verdicts for finding in blocking(verdict.findings))


def _remaining(name: str, reasons: Sequence[str], course: Course) -> RemainingNode:
    told = [*reasons]
    if name in course.refusals:
        told.append(f"not admitted: {course.refusals[name]}")
    elif name in course.deferrals:
        told.append(f"deferred: {course.deferrals[name]}")
    return RemainingNode(name, "; ".join(told))


def _failed(snapshot: Snapshot, course: Course, run_id: str, planned: Iterable[str]) -> Iterable[FailedNode]:
    for name in planned:
        node = snapshot.nodes.get(name)
        cordoned = node is not None and node.unschedulable
        journal = _journal(node)
        if journal is not None and journal.run == run_id and journal.state == "failed":
            yield FailedNode(name, journal.step, journal.message, cordoned)
        elif name in course.failures:
            failure = course.failures[name]
            yield FailedNode(name, failure.step, failure.message, cordoned)


def _journal(node: Node | None) -> Journal | None:
    try:
        return node.journal if node else None
    except ValueError:
        return None  # what the node lacks says so


def _node_failed(failed: FailedNode) -> Finding:
    return Finding(
        code="D2-RUN-004",
        subject=failed.node,
        message=f"failed at {failed.step}: {failed.message}" if failed.step else f"failed: {failed.message}",
        why="it stays cordoned until it is as wanted" if failed.cordoned else "it is not as wanted, though it serves",
        remedy=f"look at {failed.node} and the message above, then run the same command again, which goes on there",
    )


def _not_admitted(refused: Mapping[str, str]) -> Iterable[Finding]:
    if refused:
        yield Finding(
            code="D2-RUN-003",
            subject=", ".join(refused),
            message="; ".join(sorted(set(refused.values()))),
            why="the run stops by itself rather than take another node out of a cluster that is not well",
            remedy="resolve what is named, then run the same command again, which goes on there",
        )
