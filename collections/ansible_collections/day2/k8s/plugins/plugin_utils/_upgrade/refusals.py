# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops an upgrade because of the state that nodes and hosts are in, beyond what gates ask of any cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._model.finding import Finding, Severity
from .._model.host import Host
from .._model.naming import shortened
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion
from .disruption import in_words, nodes_out, others_out, run_of
from .order import natural

_AGAIN = "then run the same command again"


def unreadable_records(nodes: Iterable[Node]) -> list[Finding]:
    """Nodes with a record that this version cannot read: whether they are in hand of a run is unknown."""
    findings = []
    for node in nodes:
        try:
            run_of(node)
        except ValueError as error:
            findings.append(
                Finding(
                    code="D2-NODE-009",
                    subject=node.name,
                    message=str(error),
                    why="whether a run has this node in hand cannot be known, so none of them may be touched",
                    remedy=f"use the version of the collection that wrote it, or remove the annotation, {_AGAIN}",
                )
            )
    return findings


def unreachable(nodes: Iterable[Node], hosts: Mapping[str, Host]) -> list[Finding]:
    """Nodes to be handled whose host did not answer."""
    return [
        Finding(
            code="D2-NODE-004",
            subject=host.name,
            # Without the Node's name, so that many hosts with one cause are told as one.
            message=f"host unreachable: {host.error}",
            why="it would be drained and then could not be changed",
            remedy=(
                f"repair the connection (ansible -m ping {host.name}), or leave it out (name the others in day2_nodes, "
                f"or label the Node and set day2_excluded_nodes), {_AGAIN}"
            ),
        )
        for node in nodes
        if not (host := hosts[node.name]).reachable
    ]


def packages_missing(changed: Iterable[Node], hosts: Mapping[str, Host], target: KubernetesVersion) -> list[Finding]:
    """Nodes to be changed whose host finds no package of the target."""
    return [
        Finding(
            code="D2-PACKAGE-001",
            subject=host.name,
            message=f"no package of kubelet {target} can be installed"
            + (f": {host.target_package_error}" if host.target_package_error else ""),
            why="it would be drained and then could not be upgraded",
            remedy=f"add the repository of {target.major}.{target.minor} or mirror the package, {_AGAIN}",
        )
        for node in changed
        if (host := hosts[node.name]).reachable and host.target_package_version is None
    ]


# A member removed in 3.5 may come back as one with a vote in 3.6 ("zombie members"); mended in 3.5.26.
ETCD_36_FROM_MINOR = 34  # of Kubernetes: the first kubeadm that brings etcd 3.6
OLDEST_ETCD_35 = (3, 5, 26)


def etcd_too_old(control_plane: Iterable[Node], hosts: Mapping[str, Host], target: KubernetesVersion) -> list[Finding]:
    """Control-plane nodes whose etcd may not be brought to the 3.6 of the target's kubeadm yet."""
    findings = []
    for node in control_plane:
        host = hosts.get(node.name)
        tag = host.static_pod_versions.get("etcd", "") if host else ""
        version = tuple(int(part) for part in tag.partition("-")[0].split(".") if part.isdigit())
        if target.minor >= ETCD_36_FROM_MINOR and (3, 5) <= version < OLDEST_ETCD_35:
            oldest = ".".join(map(str, OLDEST_ETCD_35))
            findings.append(
                Finding(
                    code="D2-ETCD-012",
                    subject=node.name,
                    message=f"etcd is {tag}; kubeadm {target} brings 3.6, which wants {oldest} or newer before",
                    why="members that were removed long ago can come back with a vote, and the quorum is lost; "
                    "there is no safe way back",
                    remedy=f"set etcd.local.imageTag of a 3.5 of at least {oldest} in kubeadm-config, apply it at the "
                    f"installed version on every control-plane node, {_AGAIN}",
                )
            )
    return findings


def removed_apis(snapshot: Snapshot, target: KubernetesVersion) -> list[Finding]:
    """APIs that the target no longer serves and that somebody still asks for; a warning where that is not known."""
    if snapshot.deprecated_apis is None:
        return [
            Finding(
                code="D2-API-002",
                subject="API",
                message="whether APIs that are removed are still asked for is not known",
                why="whoever asks for one fails from the upgrade on",
                remedy="grant GET /metrics (manifests/rbac.yaml), or look at the metric yourself",
                severity=Severity.WARNING,
            )
        ]
    return [
        Finding(
            code="D2-API-001",
            subject=api.name,
            message=f"it was asked for since the API server started, and is removed in 1.{api.removed_in}",
            why=f"whoever asks for it fails from {target} on",
            remedy='find who in the audit log (annotation "k8s.io/deprecated": "true"), move them to a newer version, '
            f"restart the API server to count anew, {_AGAIN}",
        )
        for api in snapshot.deprecated_apis
        if api.removed_in <= target.minor
    ]


def budget_used_up(
    planned: Iterable[Node], nodes: Mapping[str, Node], resumed: frozenset[str], max_unavailable: int
) -> list[Finding]:
    """Nodes that could not be admitted when it is their turn, because too many others are out and still are then.

    ``planned`` are in the order of the plan. ``resumed`` nodes are back once it was their turn, and are not held
    against each other, as the admission does not.
    """
    blocked: list[str] = []
    all_out = nodes_out(nodes)
    out: dict[str, str] = {}
    back: set[str] = set()
    for node in planned:
        others = others_out(node.name, all_out, not_counted=resumed if node.name in resumed else frozenset(back))
        if len(others) >= max_unavailable:
            blocked.append(node.name)
            out |= others
        if node.name in resumed:
            back.add(node.name)
    if not blocked:
        return []
    return [
        Finding(
            code="D2-NODE-006",
            subject=shortened(sorted(blocked, key=natural)),
            message=f"may not be taken: {in_words(out)} already out, day2_max_unavailable is {max_unavailable}",
            why="more nodes would be out at once than the budget allows, whoever took them",
            remedy=(
                "bring them back (Ready, uncordoned; the verb recover lifts cordons of dead runs), "
                f"or set day2_max_unavailable to {len(out) + 1}, {_AGAIN}"
            ),
        )
    ]
