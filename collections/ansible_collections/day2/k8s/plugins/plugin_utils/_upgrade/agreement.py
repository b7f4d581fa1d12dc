# SPDX-License-Identifier: GPL-3.0-or-later
"""What is agreed on with a plan: its intent, and the digest of it that runs, approvals and promotions hold to.

It covers what people decide: the versions, the packages, the nodes with their roles, pools and order, the policy, the
acceptances. It does not cover what changes by itself: pods, budgets, durations, which node happens to lead etcd, which
nodes are not Ready or done already. So a run that was cut short, and begins again, is still the one that was agreed on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from .._model.naming import shortened
from .._model.node import Node
from .._model.snapshot import Snapshot
from .intent import Intent
from .order import control_plane_order, worker_order
from .scope import Scope

SCHEMA = 1

Agreement = Mapping[str, Any]


def agree(snapshot: Snapshot, intent: Intent, scope: Scope) -> Agreement:
    """The intent as plain data. ``scope`` is what the intent comes to on the cluster of ``snapshot``."""
    nodes = [node for node in snapshot.nodes.values() if scope.contains(node)]
    return {
        "schema": SCHEMA,
        "cluster_uid": intent.cluster_uid,
        # The versions that the control plane is brought to, one after the other; where it is now, is no intent.
        "hops": [str(intent.target)],
        "packages": _packages(snapshot, intent, scope),
        "nodes": [_node(node, intent) for node in _in_order(nodes, intent)],
        "policy": {**intent.limits.to_dict(), "failure_budget": intent.failure_budget, "drain": dict(intent.drain)},
        "accept": sorted(
            (acceptance.to_dict() for acceptance in intent.accept), key=lambda entry: (entry["code"], entry["subject"])
        ),
    }


def digest(agreement: Agreement) -> str:
    """``sha256:`` and the digest of the canonical JSON: keys sorted, no blanks, ASCII."""
    canonical = json.dumps(agreement, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{sha256(canonical.encode()).hexdigest()}"


def differences(agreed: Agreement, wanted: Agreement) -> list[str]:
    """In words, what of ``wanted`` is not as ``agreed``; empty if they are the same intent."""
    told = [
        f"{name}: {_text(wanted.get(name))} instead of {_text(agreed.get(name))}"
        for name in sorted((agreed.keys() | wanted.keys()) - {"nodes", "policy", "accept"})
        if agreed.get(name) != wanted.get(name)
    ]
    told += _of_nodes(agreed.get("nodes") or [], wanted.get("nodes") or [])
    told += _of_policy(agreed.get("policy") or {}, wanted.get("policy") or {})
    return told + _of_acceptances(agreed.get("accept") or [], wanted.get("accept") or [])


def _packages(snapshot: Snapshot, intent: Intent, scope: Scope) -> list[str]:
    """The kubelet packages that would be installed, each once, as far as hosts could say."""
    if snapshot.packages_for not in (None, intent.target):
        return []
    hosts = (host for host in scope.hosts.values() if host.name in scope.selected)
    return sorted({host.target_package_version for host in hosts if host.target_package_version})


def _in_order(nodes: list[Node], intent: Intent) -> list[Node]:
    nobody: frozenset[str] = frozenset()
    control_plane = (node for node in nodes if node.control_plane)
    workers = (node for node in nodes if not node.control_plane)
    return [
        *control_plane_order(control_plane, resumed=nobody, half_upgraded=nobody, etcd_leader=None),
        *worker_order(workers, resumed=nobody, zone_by_zone=intent.one_zone_at_a_time),
    ]


def _node(node: Node, intent: Intent) -> dict[str, str]:
    role = "control_plane" if node.control_plane else "worker"
    return {"node": node.name, "role": role, "pool": intent.limits.pool_of(node)}


def _of_nodes(agreed: list[Mapping[str, str]], wanted: list[Mapping[str, str]]) -> list[str]:
    before, now = ({entry["node"]: entry for entry in nodes} for nodes in (agreed, wanted))
    changes = {
        "nodes added": [name for name in now if name not in before],
        "nodes gone": [name for name in before if name not in now],
        "nodes with another role or pool": [name for name in now if name in before and now[name] != before[name]],
    }
    told = [f"{what}: {shortened(names)}" for what, names in changes.items() if names]
    return told or (["nodes in another order"] if agreed != wanted else [])


def _of_policy(agreed: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}: {_text(wanted.get(name))} instead of {_text(agreed.get(name))}"
        for name in sorted(agreed.keys() | wanted.keys())
        if agreed.get(name) != wanted.get(name)
    ]


def _of_acceptances(agreed: list[Mapping[str, Any]], wanted: list[Mapping[str, Any]]) -> list[str]:
    told = [f"accepted besides: {entry['code']} {entry['subject']}" for entry in wanted if entry not in agreed]
    return told + [f"no longer accepted: {e['code']} {e['subject']}" for e in agreed if e not in wanted]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
