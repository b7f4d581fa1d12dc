# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at cluster and hosts and says what an upgrade would do and what stops it; plan, check and run share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from .._gates import acceptance, gates
from .._gates.acceptance import Accepted
from .._kube import observe
from .._kube.transport import Transport
from .._model.errors import Day2Error
from .._model.finding import Finding, Severity, Verdict, blocking
from .._model.host import Host
from .._model.snapshot import Snapshot
from .._upgrade.plan import Intent, Plan
from .._upgrade.planner import compile_plan


class Result(str, Enum):
    """What comes of the plan: it can be carried out, something refuses it, or there is nothing left to do."""

    READY = "ready"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Assessment:
    """``findings`` are those of the plan and of the gates that are not ``accepted``; blocking ones refuse the run.

    ``verdicts`` are those of all gates, also where there is nothing to do and they block nothing.
    """

    snapshot: Snapshot
    plan: Plan
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]

    @property
    def result(self) -> Result:
        if blocking(self.findings):
            return Result.REFUSED
        return Result.READY if self.plan.steps else Result.DONE


def assess(transport: Transport, hosts: Mapping[str, Host], intent: Intent, now_iso: str) -> Assessment:
    """``hosts`` by inventory name; ``now_iso`` is ISO 8601 in UTC.

    Raises Day2Error D2-CLUSTER-001 (D2-INPUT-002 where no cluster is named) before anything else is read, and what
    reading the cluster raises: ApiError and Day2Error.
    """
    require_cluster(observe.cluster_uid(transport), intent.cluster_uid, server=transport.server)
    return judge(replace(observe.snapshot(transport, now_iso=now_iso), hosts=dict(hosts)), intent)


def judge(snapshot: Snapshot, intent: Intent) -> Assessment:
    """The part of ``assess`` that is pure."""
    plan = compile_plan(snapshot, intent)
    resumed = frozenset(step.node for step in plan.steps if step.resumed)
    verdicts = gates.evaluate(gates.PRE_GATES, snapshot, in_hand=resumed)
    of_gates = tuple(finding for verdict in verdicts for finding in verdict.findings)
    if not plan.steps:
        # Nothing is going to be taken, so nothing has to be able to bear it.
        of_gates = tuple(finding for finding in of_gates if finding.severity is not Severity.BLOCKING)
    found = (*_hosts_of_another_cluster(snapshot, intent), *_external_etcd(snapshot), *plan.findings, *of_gates)
    findings, accepted = acceptance.apply(found, intent.accept)
    return Assessment(snapshot, plan, verdicts, findings, accepted)


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
