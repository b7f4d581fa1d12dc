# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host is which Node, and the proof of it: a wrong match would cordon one machine and change another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from .._model.finding import Finding
from .._model.host import Host
from .._model.node import Node


@dataclass(frozen=True, slots=True)
class Matching:
    """``hosts`` maps Node names to their hosts; ``findings`` say where host and Node do not prove to be one machine.

    A host that did not answer is matched by name alone; whoever changes it finds it unreachable.
    """

    hosts: Mapping[str, Host]
    findings: tuple[Finding, ...]


def select(hosts: Mapping[str, Host], names: Iterable[str]) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """The inventory names that ``names`` (of hosts or of their Nodes; none means all) stand for."""
    wanted = tuple(dict.fromkeys(names))
    if not wanted:
        return frozenset(hosts), ()
    by_name = {host.node_name: host.name for host in hosts.values()} | {name: name for name in hosts}
    findings = tuple(_unknown_name(name, by_name) for name in wanted if name not in by_name)
    return frozenset(by_name[name] for name in wanted if name in by_name), findings


def match(
    hosts: Mapping[str, Host], nodes: Mapping[str, Node], *, selected: frozenset[str], excluded: frozenset[str]
) -> Matching:
    """``selected`` holds inventory names, ``excluded`` Node names. Nothing is asked of the excluded.

    Hosts that are not selected stay part of the picture, but they need neither a Node nor a proof.
    """
    findings: list[Finding] = []
    matched: dict[str, Host] = {}
    repeated_ids = _repeated_machine_ids(hosts.values(), nodes.values())
    for host in hosts.values():
        taken = matched.get(host.node_name)
        if taken is not None:
            findings.append(_same_node_twice(taken, host))
            continue
        matched[host.node_name] = host
        if host.name not in selected or host.node_name in excluded:
            continue
        node = nodes.get(host.node_name)
        if node is None:
            findings.append(_host_without_node(host, nodes.values()))
        elif host.reachable:
            findings.extend(_proof(host, node, nodes.values(), repeated_ids))
    findings.extend(_node_without_host(nodes[name]) for name in nodes if name not in matched and name not in excluded)
    return Matching({name: host for name, host in matched.items() if name in nodes}, tuple(findings))


def _repeated_machine_ids(hosts: Iterable[Host], nodes: Iterable[Node]) -> frozenset[str]:
    """Machine-ids that prove nothing: images cloned without a new one, and the empty one."""
    of_hosts = Counter(_plain(host.machine_id) for host in hosts if host.reachable)
    of_nodes = Counter(_plain(node.machine_id) for node in nodes)
    return frozenset({""} | {i for counter in (of_hosts, of_nodes) for i, times in counter.items() if times > 1})


def _proof(host: Host, node: Node, nodes: Iterable[Node], repeated_ids: frozenset[str]) -> Iterable[Finding]:
    ours, theirs = _plain(host.machine_id), _plain(node.machine_id)
    if ours in repeated_ids or theirs in repeated_ids:
        if not set(host.addresses) & set(node.internal_ips):
            yield _addresses_differ(host, node)
    elif ours != theirs:
        yield _machine_differs(host, node, nodes)


def _plain(machine_id: str) -> str:
    # Some images write the id as a UUID with dashes; kubelets report it as they find it.
    return machine_id.strip().lower().replace("-", "")


def _unknown_name(name: str, known: Iterable[str]) -> Finding:
    near = get_close_matches(name, list(known), n=3)
    hint = f"; near: {', '.join(near)}" if near else ""
    return Finding(
        code="D2-INPUT-002",
        subject="day2_nodes",
        message=f"{name} is neither a host of the inventory nor a Node of one{hint}",
        why="a name that selects nothing would silently leave a node out",
        remedy="correct or remove the name in day2_nodes",
    )


def _same_node_twice(first: Host, second: Host) -> Finding:
    return Finding(
        code="D2-NODE-003",
        subject=second.name,
        message=f"hosts {first.name} and {second.name} both stand for Node {first.node_name}",
        why="one of the two machines would be changed while another Node is drained",
        remedy="give each host its own day2_node_name, or remove one of them from the inventory",
    )


def _host_without_node(host: Host, nodes: Iterable[Node]) -> Finding:
    same_machine = [n.name for n in nodes if host.machine_id and _plain(n.machine_id) == _plain(host.machine_id)]
    remedy = (
        f"set day2_node_name: {same_machine[0]} for {host.name}, the Node with its machine-id"
        if len(same_machine) == 1
        else f"join {host.name} to the cluster, correct its day2_node_name, or remove it from the inventory"
    )
    return Finding(
        code="D2-NODE-001",
        subject=host.name,
        message=f"the inventory has this host; the cluster has no Node {host.node_name}",
        why="it would stay behind unnoticed, or belongs to another cluster",
        remedy=remedy,
    )


def _node_without_host(node: Node) -> Finding:
    return Finding(
        code="D2-NODE-002",
        subject=node.name,
        message="the cluster has this Node; no host of the inventory stands for it",
        why="it would stay at its version unnoticed, until its kubelet is too old for the control plane",
        remedy=(
            f"add it to the inventory (with day2_node_name: {node.name} if the host is named otherwise), "
            "or exclude it by a label in day2_excluded_nodes"
        ),
    )


def _machine_differs(host: Host, node: Node, nodes: Iterable[Node]) -> Finding:
    owner = next((n.name for n in nodes if _plain(n.machine_id) == _plain(host.machine_id)), None)
    actually = f"; that is the machine of Node {owner}" if owner else ""
    return Finding(
        code="D2-NODE-003",
        subject=host.name,
        message=f"machine-id {host.machine_id} on the host, {node.machine_id} in Node {node.name}{actually}",
        why=f"Node {node.name} would be drained and another machine changed",
        remedy="correct the host's address (ansible_host) or its day2_node_name",
    )


def _addresses_differ(host: Host, node: Node) -> Finding:
    return Finding(
        code="D2-NODE-003",
        subject=host.name,
        message=(
            f"machine-id {host.machine_id or '(empty)'} is not unique in the cluster, and the host's addresses "
            f"({', '.join(host.addresses) or 'none'}) hold no internal IP of Node {node.name} "
            f"({', '.join(node.internal_ips) or 'none'})"
        ),
        why=f"Node {node.name} would be drained and perhaps another machine changed",
        remedy="correct ansible_host or day2_node_name; give cloned machines a machine-id of their own",
    )
