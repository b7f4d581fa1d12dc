# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes a scenario of a failover drill takes a part away from, and whether the cluster can bear it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .._model.drill import SCENARIOS
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.host import Host
from .._model.leader_lease import LeaderLease
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion
from .disruption import run_of, why_out
from .order import natural

# With their component goes away what a quorum is counted by.
_TAKES_ETCD = frozenset({"etcd_member", "etcd_leader", "control_plane_node", "zone"})


@dataclass(frozen=True, slots=True)
class Choice:
    """``nodes`` by Node name to inventory name; ``holder`` leads by the scenario's Lease now, empty without one."""

    scenario: str
    nodes: Mapping[str, str]
    holder: str = ""
    term_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The cluster as it is at the time of a choice."""

    nodes: Mapping[str, Node]
    hosts: Mapping[str, Host] = field(default_factory=dict)
    leases: tuple[LeaderLease, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot, leases: tuple[LeaderLease, ...]) -> Standing:
        return cls(snapshot.nodes, snapshot.hosts, leases)

    @property
    def control_plane(self) -> list[str]:
        return sorted((n.name for n in self.nodes.values() if n.control_plane), key=natural)

    @property
    def etcd_leader(self) -> str:
        """The Node of the member that leads; empty where no host knows."""
        members = (member for host in self.hosts.values() if host.etcd for member in host.etcd.members)
        return next((member.name for member in members if member.leader), "")

    @property
    def versions(self) -> frozenset[KubernetesVersion]:
        """Of the control plane's kubelets."""
        return frozenset(self.nodes[name].kubelet_version for name in self.control_plane)

    def lease(self, name: str) -> LeaderLease | None:
        return next((lease for lease in self.leases if lease.name == name), None)


def choose(scenario: str, standing: Standing) -> Choice:
    """Raises Day2Error D2-DRILL-002 where the scenario cannot be played, or the cluster could not bear it."""
    wanted = SCENARIOS[scenario]
    lease = standing.lease(wanted.lease)
    names = _nodes(scenario, standing, lease)
    hosts = {host.node_name: host.name for host in standing.hosts.values()}
    _bearable(scenario, names, standing, hosts)
    return Choice(
        scenario,
        {name: hosts[name] for name in names},
        holder=lease.holder if lease else "",
        term_seconds=lease.term_seconds if lease else 0,
    )


def not_at_rest(standing: Standing) -> Iterable[Finding]:
    """A drill begins with everything in place: the whole control plane, of one version, and nothing left of a run."""
    for name, node in sorted(standing.nodes.items()):
        run = run_of(node)
        if run:
            yield _refusal(name, f"is, or was left, in hand of run {run}", "let that run end, or run recover")
        elif node.control_plane and (why := why_out(node)):
            yield _refusal(name, f"is out already: {why}", "bring it back, then run the same command again")
    if len(standing.versions) > 1:
        seen = ", ".join(str(version) for version in sorted(standing.versions))
        yield _refusal("control plane", f"is of several versions: {seen}", "finish the upgrade first")


def _nodes(scenario: str, standing: Standing, lease: LeaderLease | None) -> list[str]:
    """In natural order; raises Day2Error."""
    leader = standing.etcd_leader
    if SCENARIOS[scenario].lease:
        return [_of_holder(scenario, standing, lease)]
    if scenario in ("etcd_member", "etcd_leader", "control_plane_node", "zone") and leader not in standing.nodes:
        raise _refused(scenario, "it is not known which member of etcd leads", "look at etcd on the control plane")
    if scenario == "zone":
        return _of_zone(standing, standing.nodes[leader].zone)
    # The leader is away as well when its whole node is: that is the harder case, and the one worth knowing.
    if scenario in ("etcd_leader", "control_plane_node"):
        return [leader]
    others = [name for name in standing.control_plane if name != leader]
    return (others or standing.control_plane)[:1]


def _of_holder(scenario: str, standing: Standing, lease: LeaderLease | None) -> str:
    """The holder names itself by its machine's name, and something that no other has."""
    machine = lease.holder.rpartition("_")[0] if lease else ""
    if machine not in standing.control_plane:
        holder = lease.holder if lease and lease.holder else "nobody"
        raise _refused(scenario, f"{holder} leads, which is no control-plane Node", "look at the Lease in kube-system")
    return machine


def _of_zone(standing: Standing, zone: str) -> list[str]:
    zones = {node.zone for node in standing.nodes.values()}
    if not zone or len(zones) < 2:
        raise _refused("zone", "there are no two zones (topology.kubernetes.io/zone)", "leave this scenario out")
    return sorted((node.name for node in standing.nodes.values() if node.zone == zone), key=natural)


def _bearable(scenario: str, names: Collection[str], standing: Standing, hosts: Mapping[str, str]) -> None:
    taken = [name for name in standing.control_plane if name in names]
    total = len(standing.control_plane)
    needed = total // 2 + 1 if scenario in _TAKES_ETCD else 1
    if total - len(taken) < needed:
        raise _refused(
            scenario,
            f"without {', '.join(taken)}, {total - len(taken)} of {total} control-plane nodes are left; "
            f"{needed} have to be",
            "leave this scenario out; the cluster would not outlive such a failure either",
        )
    for name in names:
        why = why_out(standing.nodes[name])
        if why is None and standing.nodes[name].kubelet_version not in standing.versions:
            why = f"kubelet {standing.nodes[name].kubelet_version} is not of the control plane's version"
        if why is not None:
            raise _refused(scenario, f"{name} would be taken: {why}", "bring it back, or leave this scenario out")
    strangers = sorted(set(names) - hosts.keys())
    if strangers:
        raise _refused(scenario, f"no host of the inventory is {', '.join(strangers)}", "leave this scenario out")


def _refused(scenario: str, message: str, remedy: str) -> Day2Error:
    return Day2Error(_refusal(scenario, message, f"{remedy} (day2_failover_drill_scenarios)"))


def _refusal(subject: str, message: str, remedy: str) -> Finding:
    return Finding(
        code="D2-DRILL-002",
        subject=subject,
        message=message,
        why="a drill shows what a healthy cluster makes of one failure; a second one could be one too many",
        remedy=remedy,
    )
