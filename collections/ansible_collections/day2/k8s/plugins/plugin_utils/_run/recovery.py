# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what a dead run left on the cluster: exactly what this product had done, and what is safe to undo.

A node whose machine was changed is given back only if it is Ready and of one version; otherwise a person decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .._kube import nodes as node_writer
from .._kube.lease import LeaseRecord, Lock
from .._kube.transport import Transport
from .._model.annotations import Claim, Journal
from .._model.control_plane import component_versions
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._upgrade.order import natural
from . import records
from .records import RunRecord

RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class NodeRecovery:
    """What is done for one node. ``decision`` is what is left to a person, empty if nothing is."""

    node: str
    uncordon: bool
    drop_claim: bool
    drop_journal: bool
    why: str
    decision: str = ""

    @property
    def writes(self) -> bool:
        return self.uncordon or self.drop_claim or self.drop_journal

    def to_dict(self) -> dict[str, Any]:
        return {
            "node": self.node,
            "uncordoned": self.uncordon,
            "records_removed": self.drop_claim or self.drop_journal,
            "why": self.why,
            "decision": self.decision,
        }


@dataclass(frozen=True, slots=True)
class Recovery:
    """``dead_run`` is the run whose lock is to be freed, ``unclosed`` its record without an end."""

    nodes: tuple[NodeRecovery, ...]
    dead_run: str
    unclosed: RunRecord | None

    @property
    def changes(self) -> bool:
        return bool(self.dead_run or self.unclosed or any(node.writes for node in self.nodes))

    def to_dict(self) -> dict[str, Any]:
        return {
            "lock_freed": self.dead_run,
            "run_closed": self.unclosed.run if self.unclosed else "",
            "nodes": [entry.to_dict() for entry in self.nodes],
        }


def plan_recovery(snapshot: Snapshot, lock: LeaseRecord | None, run: RunRecord | None) -> Recovery:
    """Pure; nodes in natural order of their names, those with nothing of ours on them left out."""
    found = (_node(snapshot, snapshot.nodes[name]) for name in sorted(snapshot.nodes, key=natural))
    return Recovery(
        nodes=tuple(entry for entry in found if entry is not None),
        dead_run=lock.run or lock.holder if lock is not None and not lock.free else "",
        unclosed=run if run is not None and not run.closed_at else None,
    )


def recover(
    transport: Transport, recovery: Recovery, lock: Lock, *, now_iso: Callable[[], str], say: Callable[[str], None]
) -> None:
    """Carries ``recovery`` out with ``lock`` held; the lock is renewed, and so proven, before each node."""
    for entry in recovery.nodes:
        if entry.writes:
            lock.renew()
            _apply(transport, entry)
            say(f"{entry.node}: {entry.why}")
    if recovery.unclosed is not None:
        lock.renew()
        closed = replace(recovery.unclosed, closed_at=now_iso(), result=RECOVERED)
        records.write_run(transport, closed)
        records.add_to_history(transport, closed)


def _apply(transport: Transport, entry: NodeRecovery) -> None:
    # The cordon goes first: were this to stop in between, the journal still tells what is left to do.
    if entry.uncordon:
        node_writer.uncordon(transport, entry.node)
    dropped = {Claim.key: entry.drop_claim, Journal.key: entry.drop_journal}
    annotations = {key: None for key, drop in dropped.items() if drop}
    if annotations:
        node_writer.annotate(transport, entry.node, annotations)


def _node(snapshot: Snapshot, node: Node) -> NodeRecovery | None:
    try:
        claim, owner, journal = node.claim, node.cordon_owner, node.journal
    except ValueError as error:
        return NodeRecovery(
            node.name, uncordon=False, drop_claim=False, drop_journal=False, why=str(error), decision=str(error)
        )
    if not (claim or owner or journal):
        return None
    doubt = _doubt(snapshot, node, journal)
    if doubt:
        return NodeRecovery(
            node.name,
            uncordon=False,
            drop_claim=claim is not None,
            drop_journal=False,
            why=f"left as it is, {'cordoned' if node.unschedulable else 'not cordoned'}: {doubt}",
            decision=f"{doubt}; bring it to one version and Ready (the same command again goes on there), then recover",
        )
    return NodeRecovery(
        node.name,
        uncordon=owner is not None,
        drop_claim=claim is not None,
        drop_journal=journal is not None,
        why=_why(node, journal),
    )


def _doubt(snapshot: Snapshot, node: Node, journal: Journal | None) -> str:
    """Why a node may not simply be given back; empty if it may."""
    if journal is None or not journal.changed:
        return ""
    if node.ready is not True:
        return f"its machine was changed (step {journal.step}) and it is not Ready"
    if node.control_plane:
        versions = {str(v) for v in component_versions(node, None, snapshot.system_pods).values()}
        if versions != {str(node.kubelet_version)}:
            seen = ", ".join(sorted(versions)) or "unknown"
            return (
                f"its machine was changed (step {journal.step}); kubelet {node.kubelet_version}, control plane {seen}"
            )
    return ""


def _why(node: Node, journal: Journal | None) -> str:
    cordon = "uncordoned, records removed" if node.unschedulable and node.cordon_owner else "records removed"
    if journal is not None and journal.changed:
        return f"{cordon}: Ready, and all of it at {node.kubelet_version}"
    return f"{cordon}: nothing had been changed on the machine"
