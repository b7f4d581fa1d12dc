# SPDX-License-Identifier: GPL-3.0-or-later
"""What the arbiter looks at before it admits a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._gates.gates import CONTROL_PLANE_GATES, WORKER_GATES, evaluate
from .._kube import observe
from .._kube.transport import Transport
from .._model.finding import Verdict
from .._model.host import Etcd, Host
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._run.clock import now_iso


@dataclass(frozen=True, slots=True)
class Observation:
    """The cluster as read for one decision: all Nodes, and the gates evaluated with the asking node in hand."""

    nodes: Mapping[str, Node]
    verdicts: tuple[Verdict, ...]


def look(transport: Transport, node_name: str, etcd: Etcd | None) -> Observation:
    """Reads the cluster for the admission of ``node_name``, whose host sees ``etcd``. Raises ApiError."""
    return evaluated(observe.snapshot(transport, now_iso=now_iso()), node_name, etcd)


def evaluated(snapshot: Snapshot, node_name: str, etcd: Etcd | None) -> Observation:
    """The gates of a control-plane node include etcd, seen by its host at this moment; unknown there is unknown."""
    node = snapshot.nodes.get(node_name)
    control_plane = node is not None and node.control_plane
    host = Host(name=node_name, node_name=node_name, reachable=True, etcd=etcd)
    in_hand = frozenset(name for name, other in snapshot.nodes.items() if other.claim) | {node_name}
    verdicts = evaluate(
        CONTROL_PLANE_GATES if control_plane else WORKER_GATES,
        replace(snapshot, hosts={node_name: host}),
        in_hand=in_hand,
    )
    return Observation(snapshot.nodes, verdicts)
