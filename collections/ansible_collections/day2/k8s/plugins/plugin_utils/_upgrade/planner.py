# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles a plan: a pure function of what was observed and what is wanted, the same for a look and for a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._model.control_plane import ControlPlane, all_at, observe
from .._model.finding import Finding
from .._model.host import Host
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion
from . import api_outage, refusals
from .agreement import agree
from .disruption import run_of
from .intent import Intent
from .kubeadm import Command, choose
from .migrations import missed_by
from .order import control_plane_order, natural, worker_order
from .path import find_path, kubelet_skew
from .plan import LeftOut, NodeStep, Plan
from .scope import Scope, find_scope


def compile_plan(snapshot: Snapshot, intent: Intent) -> Plan:
    """The plan for ``intent`` on the cluster of ``snapshot``.

    Without steps and without blocking findings there is nothing to do. Where no path leads to the target, only the
    reasons are given; otherwise the steps are shown beside what blocks them.
    """
    scope = find_scope(snapshot, intent)
    agreement = agree(snapshot, intent, scope)
    unreadable = refusals.unreadable_records(snapshot.nodes.values())
    if unreadable:
        return Plan(intent.target, agreement, findings=tuple(unreadable))
    observed = observe(snapshot, scope.hosts)
    path = find_path(observed, intent.target)
    if path.findings:
        return Plan(intent.target, agreement, findings=(*scope.findings, *path.findings))

    work = _Work(snapshot, intent, scope.hosts, observed)
    unfinished = work.unfinished()
    left_out = tuple(_left_out(unfinished, scope))
    planned = [node for node in unfinished if scope.why_left_out(node) is None]
    resumed = frozenset(node.name for node in planned if run_of(node))
    names = frozenset(node.name for node in planned)
    steps = work.steps(planned, resumed)
    in_order = [snapshot.nodes[step.node] for step in steps]
    return Plan(
        target=intent.target,
        agreement=agreement,
        hops=path.hops,
        steps=steps,
        finished=tuple(sorted(snapshot.nodes.keys() - {node.name for node in unfinished}, key=natural)),
        left_out=left_out,
        notes=tuple(_notes(snapshot, intent)),
        api_outage=api_outage.expected(
            snapshot.kubeadm,
            observed.components,
            [node.name for node in planned if node.control_plane and work.changes_machine(node)],
        ),
        findings=(
            *scope.findings,
            *kubelet_skew(snapshot.nodes.values(), observed, intent.target, names),
            *refusals.unreachable(planned, scope.hosts),
            *refusals.etcd_too_old((n for n in planned if n.control_plane), scope.hosts, intent.target),
            *(refusals.removed_apis(snapshot, intent.target) if path.hops and snapshot.workloads else ()),
            *(work.packages_missing(planned) if work.packages_known else ()),
            *refusals.budget_used_up(in_order, snapshot.nodes, resumed, intent.max_unavailable),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What each node still needs."""

    snapshot: Snapshot
    intent: Intent
    hosts: Mapping[str, Host]
    observed: ControlPlane

    @property
    def target(self) -> KubernetesVersion:
        return self.intent.target

    @property
    def packages_known(self) -> bool:
        """Whether the hosts were asked for the packages of the target; a stored snapshot may be of another one."""
        return self.snapshot.packages_for in (None, self.target)

    def unfinished(self) -> list[Node]:
        """In the order of names. A node is finished at the target, with no record of a run left on it."""
        nodes = sorted(self.snapshot.nodes.values(), key=lambda node: natural(node.name))
        found = [node for node in nodes if not self._at_target(node) or run_of(node)]
        if self.observed.config != self.target and not any(node.control_plane for node in found):
            # Every node is at the target and kubeadm-config is not: an apply was cut short, and one node repeats it.
            found = self._control_plane_order(n for n in nodes if n.control_plane)[:1] + found
        return found

    def changes_machine(self, node: Node) -> bool:
        return not self._at_target(node) or (node.control_plane and self.observed.config != self.target)

    def packages_missing(self, planned: Iterable[Node]) -> list[Finding]:
        return refusals.packages_missing(filter(self.changes_machine, planned), self.hosts, self.target)

    def steps(self, planned: list[Node], resumed: frozenset[str]) -> tuple[NodeStep, ...]:
        control_planes = self._control_plane_order((n for n in planned if n.control_plane), resumed)
        workers = worker_order(
            (n for n in planned if not n.control_plane),
            resumed=resumed,
            zone_by_zone=self.intent.one_zone_at_a_time,
        )
        steps = []
        config = self.observed.config
        for node in control_planes:
            command = self._kubeadm(node, config)
            steps.append(self._step(node, command, resumed=node.name in resumed))
            if command == "apply":
                config = self.target
        for position, node in enumerate(workers):
            steps.append(
                self._step(node, self._kubeadm(node, config), resumed=node.name in resumed, canary=position == 0)
            )
        return tuple(steps)

    def _at_target(self, node: Node) -> bool:
        if node.kubelet_version != self.target:
            return False
        return not node.control_plane or all_at(self.observed.components[node.name], self.target)

    def _kubeadm(self, node: Node, config: KubernetesVersion) -> Command:
        versions = self.observed.components.get(node.name, {})
        tags = {component: str(version) for component, version in versions.items()}
        return choose(config, tags, node.kubelet_version, self.target, control_plane=node.control_plane)

    def _control_plane_order(self, nodes: Iterable[Node], resumed: frozenset[str] = frozenset()) -> list[Node]:
        half = frozenset(
            name for name, versions in self.observed.components.items() if self.target in versions.values()
        )
        return control_plane_order(nodes, resumed=resumed, half_upgraded=half, etcd_leader=self._etcd_leader())

    def _etcd_leader(self) -> str | None:
        members = (member for host in self.hosts.values() if host.etcd for member in host.etcd.members)
        return next((member.name for member in members if member.leader), None)

    def _step(self, node: Node, command: Command, *, resumed: bool, canary: bool = False) -> NodeStep:
        changes = self.changes_machine(node)
        versions = self.observed.components.get(node.name, {}).values()
        return NodeStep(
            node=node.name,
            host=self.hosts[node.name].name,
            role="control_plane" if node.control_plane else "worker",
            from_version=min([node.kubelet_version, *versions]),
            to_version=self.target,
            actions=self._actions(node, command, changes=changes),
            zone=node.zone,
            pool=self.intent.limits.pool_of(node),
            canary=canary,
            resumed=resumed,
            changes_machine=changes,
        )

    def _actions(self, node: Node, command: Command, *, changes: bool) -> tuple[str, ...]:
        foreign_cordon = node.unschedulable and node.cordon_owner is None
        actions = []
        if changes:
            actions += ["keep the cordon of somebody else" if foreign_cordon else "cordon", "drain"]
            if command != "none":
                actions.append(f"kubeadm upgrade {command}")
            actions += [f"remove --{flag}" for flag in missed_by(node.kubelet_version, self.target)]
            if node.kubelet_version != self.target:
                package = self.hosts[node.name].target_package_version if self.packages_known else None
                actions.append(f"kubelet {package or self.target}")
        else:
            actions.append(f"end what run {run_of(node)} began")
        actions.append("verify")
        actions.append("leave cordoned" if foreign_cordon else "uncordon")
        return tuple(actions)


def _notes(snapshot: Snapshot, intent: Intent) -> Iterable[str]:
    if snapshot.packages_for not in (None, intent.target):
        asked = f"the hosts were asked for packages of {snapshot.packages_for}"
        yield f"{asked}; whether {intent.target} can be installed is not known"


def _left_out(unfinished: Iterable[Node], scope: Scope) -> Iterable[LeftOut]:
    for node in unfinished:
        reason = scope.why_left_out(node)
        if reason is not None:
            host = scope.hosts.get(node.name)
            yield LeftOut(node.name, host.name if host else "", node.kubelet_version, reason)
