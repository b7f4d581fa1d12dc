# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at cluster and hosts and says what an upgrade would do and what stops it; plan, check and run share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from .._drain.options import DrainOptions
from .._gates import acceptance, gates
from .._gates.acceptance import Accepted
from .._kube import observe
from .._kube.snapshot_directory import SnapshotDirectory
from .._kube.transport import Transport
from .._model.acyclic import acyclic
from .._model.errors import Day2Error
from .._model.finding import Finding, Severity, Verdict, blocking
from .._model.host import Host
from .._model.snapshot import Snapshot
from .._model.workloads import RESOURCES
from .._upgrade import refusals
from .._upgrade.drift import Drift, compare
from .._upgrade.intent import Intent
from .._upgrade.plan import Plan
from .._upgrade.planner import compile_plan
from .._upgrade.scope import find_scope
from .outlook import look_ahead
from .plan_file import PlanFile


class Result(str, Enum):
    """What comes of the plan: it can be carried out, something refuses it, or there is nothing left to do."""

    READY = "ready"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Assessment:
    """``findings`` are those of the plan and of the gates that are not ``accepted``; blocking ones refuse the run.

    ``verdicts`` are those of all gates, also where there is nothing to do and they block nothing. ``drift`` is what
    changed since the plan was agreed on that this one is held to, None where it is held to none.
    """

    snapshot: Snapshot
    plan: Plan
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    drift: Drift | None = None

    @property
    def result(self) -> Result:
        if blocking(self.findings):
            return Result.REFUSED
        return Result.READY if self.plan.steps else Result.DONE


@dataclass(frozen=True, slots=True)
class Check:
    """The state of a cluster: blocking ``findings`` are what an upgrade would meet, ``accepted`` left aside."""

    snapshot: Snapshot
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]

    @property
    def passed(self) -> bool:
        return not blocking(self.findings) and gates.passed(self.verdicts)


def take_snapshot(transport: Transport, hosts: Mapping[str, Host], cluster_uid: str, now_iso: str) -> Snapshot:
    """Of the right cluster only: ``hosts`` by inventory name; ``now_iso`` is ISO 8601 in UTC.

    Raises Day2Error D2-CLUSTER-001 (D2-INPUT-002 where no cluster is named) before anything else is read, and what
    reading the cluster raises: ApiError and Day2Error.
    """
    require_cluster(observe.cluster_uid(transport), cluster_uid, server=transport.server)
    return replace(observe.snapshot(transport, now_iso=now_iso), hosts=dict(hosts))


@acyclic()
def assess(
    transport: Transport,
    hosts: Mapping[str, Host],
    intent: Intent,
    drain: DrainOptions,
    now_iso: str,
    *,
    contact_key: str = "",
) -> Assessment:
    """Observes and judges; arguments and errors as ``take_snapshot``. ``contact_key`` as the models take it."""
    require_cluster(observe.cluster_uid(transport), intent.cluster_uid, server=transport.server)
    seen = observe.with_workloads(transport, now_iso=now_iso, contact_key=contact_key)
    return judge(replace(seen, hosts=dict(hosts)), intent, drain)


@acyclic()
def assess_stored(directory: Path, intent: Intent, drain: DrainOptions, *, contact_key: str = "") -> Assessment:
    """As ``assess``, from a snapshot in a directory; neither API nor hosts are asked.

    Raises Day2Error D2-CLUSTER-001 for one of another cluster, and D2-INPUT-002 for what is no snapshot.
    """
    require_cluster(SnapshotDirectory(directory).index.cluster_uid, intent.cluster_uid, server=str(directory))
    return judge(observe.stored(directory, contact_key=contact_key), intent, drain)


def judge(snapshot: Snapshot, intent: Intent, drain: DrainOptions | None = None) -> Assessment:
    """What an upgrade as ``intent`` wants it would do and meet; the part of ``assess`` that is pure."""
    plan = look_ahead(compile_plan(snapshot, intent), snapshot, intent, drain or DrainOptions())
    verdicts = _verdicts(snapshot, frozenset(step.node for step in plan.steps if step.resumed))
    of_gates = _findings(verdicts)
    if not plan.steps:
        # Nothing is going to be taken, so nothing has to be able to bear it.
        of_gates = tuple(finding for finding in of_gates if finding.severity is not Severity.BLOCKING)
    found = (*_of_the_cluster(snapshot, intent), *plan.findings, *of_gates)
    findings, accepted = acceptance.apply(found, intent.accept)
    return Assessment(snapshot, plan, verdicts, findings, accepted)


def hold(assessment: Assessment, agreed: PlanFile) -> Assessment:
    """Held to a plan that was agreed on: another intent refuses it, what else changed is told."""
    drift = compare(
        agreed.plan,
        assessment.plan.to_dict(),
        agreed_findings=agreed.findings,
        findings=[finding.to_dict() for finding in assessment.findings],
    )
    other = agreed.refuse_other(assessment.plan.agreement)
    return replace(assessment, findings=(*other, *assessment.findings), drift=drift)


def check(snapshot: Snapshot, intent: Intent, *, for_upgrade: bool) -> Check:
    """How the cluster is, whatever its version; ``for_upgrade`` adds what would refuse the upgrade to the target."""
    scope = find_scope(snapshot, intent)
    in_scope = [node for node in snapshot.nodes.values() if scope.contains(node)]
    verdicts = _verdicts(snapshot, frozenset())
    found = (
        *_of_the_cluster(snapshot, intent),
        *scope.findings,
        *refusals.unreadable_records(snapshot.nodes.values()),
        *refusals.unreachable(in_scope, scope.hosts),
        *(compile_plan(snapshot, intent).findings if for_upgrade else ()),
        *_findings(verdicts),
    )
    findings, accepted = acceptance.apply(dict.fromkeys(found), intent.accept)
    return Check(snapshot, verdicts, findings, accepted)


def require_cluster(seen: str, wanted: str, *, server: str) -> None:
    """Raises Day2Error unless the cluster with uid ``seen``, which answers at ``server``, is the ``wanted`` one."""
    if not wanted:
        raise Day2Error(
            Finding(
                code="D2-INPUT-002",
                subject="day2_cluster_uid",
                message=f"is not set; the cluster at {server} is {seen}",
                why="the inventory has to name its cluster, so that no other one is changed by mistake",
                remedy=f"if that is the right cluster, set day2_cluster_uid: {seen} in the inventory",
            )
        )
    if seen != wanted:
        raise Day2Error(_wrong_cluster(server, seen, wanted))


def _verdicts(snapshot: Snapshot, in_hand: frozenset[str]) -> tuple[Verdict, ...]:
    return gates.evaluate(gates.PRE_GATES, snapshot, in_hand=in_hand)


def _findings(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    return tuple(finding for verdict in verdicts for finding in verdict.findings)


def _of_the_cluster(snapshot: Snapshot, intent: Intent) -> Iterable[Finding]:
    yield from _hosts_of_another_cluster(snapshot, intent)
    yield from _external_etcd(snapshot)
    yield from _not_listed(snapshot)


def _hosts_of_another_cluster(snapshot: Snapshot, intent: Intent) -> Iterable[Finding]:
    for name, host in sorted(snapshot.hosts.items()):
        if host.cluster_uid is not None and host.cluster_uid != intent.cluster_uid:
            yield _wrong_cluster(name, host.cluster_uid, intent.cluster_uid)


def _wrong_cluster(subject: str, seen: str, wanted: str) -> Finding:
    return Finding(
        code="D2-CLUSTER-001",
        subject=subject,
        message=f"is of cluster {seen}; the inventory is for {wanted}",
        why="another cluster than the one meant would be drained and upgraded",
        remedy="use the kubeconfig and the hosts of the inventory's own cluster, or correct day2_cluster_uid",
    )


def _external_etcd(snapshot: Snapshot) -> Iterable[Finding]:
    if snapshot.kubeadm.external_etcd:
        yield Finding(
            code="D2-ETCD-001",
            subject="etcd",
            message="etcd is external (kubeadm-config: etcd.external); only a stacked etcd is supported",
            why="its health cannot be seen from the control-plane nodes, so whether it bears an upgrade is unknown",
            remedy="upgrade this cluster by other means; external etcd is not supported",
        )


def _not_listed(snapshot: Snapshot) -> Iterable[Finding]:
    if snapshot.workloads is None:
        return
    missing = [path.rpartition("/")[2] for path in RESOURCES if path not in snapshot.workloads.listed]
    if missing:
        yield Finding(
            code="D2-CLUSTER-003",
            subject="forecast of drains",
            message=f"could not be read: {', '.join(missing)}",
            why="where they matter, drains are forecast as unknown",
            remedy="give the identity in use the rights of manifests/rbac.yaml",
            severity=Severity.WARNING,
        )
