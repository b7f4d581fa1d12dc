# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster and its runs stand, read from the cluster alone: any controller can ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._kube import lease, observe
from .._kube.lease import LeaseRecord
from .._kube.transport import Transport
from .._model.node import Node
from .._upgrade.order import natural
from . import records
from .records import RunRecord


@dataclass(frozen=True, slots=True)
class Status:
    """``lock`` is None where there never was one, ``run`` the open or last run; ``history`` has the latest first."""

    read_at: datetime
    cluster_uid: str
    lock: LeaseRecord | None
    run: RunRecord | None
    history: Sequence[RunRecord]
    nodes: Mapping[str, Node]

    def to_dict(self) -> dict[str, Any]:
        """Nodes in natural order of their names."""
        return {
            "cluster_uid": self.cluster_uid,
            "lock": _lock(self.lock, self.read_at),
            "halt": str(self.lock.halt) if self.lock and self.lock.halt else "",
            "run": self.run.to_dict() if self.run else None,
            "history": [record.to_dict() for record in self.history],
            "nodes": [_node(self.nodes[name]) for name in sorted(self.nodes, key=natural)],
        }


def read_status(transport: Transport, *, now: datetime) -> Status:
    """Raises ApiError, and ValueError for records of a newer version of this product."""
    return Status(
        read_at=now,
        cluster_uid=observe.cluster_uid(transport),
        lock=lease.read(transport),
        run=records.read_run(transport),
        history=records.read_history(transport),
        nodes=observe.nodes(transport),
    )


def _lock(lock: LeaseRecord | None, now: datetime) -> dict[str, Any]:
    """``expired`` is by this machine's clock: a hint for people; a run that wants it watches it for its whole term."""
    if lock is None or lock.free:
        return {"held": False, "run": "", "holder": "", "renewed_seconds_ago": None, "expired": False}
    return {
        "held": True,
        "run": lock.run,
        "holder": lock.holder,
        "renewed_seconds_ago": None if lock.renewed is None else round(lock.age(now), 1),
        "expired": lock.age(now) > lock.duration,
    }


def _node(node: Node) -> dict[str, Any]:
    """``cordoned_by``: the run whose cordon it is, empty for somebody else's; ``journal`` is None outside a step."""
    told: dict[str, Any] = {
        "node": node.name,
        "role": "control_plane" if node.control_plane else "worker",
        "version": str(node.kubelet_version),
        "ready": node.ready,
        "cordoned": node.unschedulable,
        "cordoned_by": "",
        "claimed_by": "",
        "journal": None,
        "unreadable": "",
    }
    try:
        claim, owner, journal = node.claim, node.cordon_owner, node.journal
    except ValueError as error:
        return {**told, "unreadable": str(error)}
    return {
        **told,
        "cordoned_by": owner.run if owner and node.unschedulable else "",
        "claimed_by": claim.run if claim else "",
        "journal": {
            "run": journal.run,
            "at": journal.at,
            "target": journal.target,
            "step": journal.step,
            "state": journal.state,
            "changed": journal.changed,
            "message": journal.message,
        }
        if journal
        else None,
    }
