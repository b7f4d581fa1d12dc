# SPDX-License-Identifier: GPL-3.0-or-later
"""Are the nodes Ready?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from .._model.finding import Finding, Severity
from .._model.node import Node
from .._model.snapshot import Snapshot
from .gate import Gate


class NodesReady(Gate):
    """The control plane has to be; a worker that is not is told, and the disruption budget counts it."""

    name: ClassVar[str] = "nodes ready"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        for name, node in sorted(snapshot.nodes.items()):
            if node.ready is not True and name not in in_hand:
                yield _control_plane_not_ready(node) if node.control_plane else _worker_not_ready(node)


def _control_plane_not_ready(node: Node) -> Finding:
    return Finding(
        code="D2-NODE-005",
        subject=node.name,
        message=f"control-plane node is {_state(node)}; all have to be Ready",
        why="taking another one would leave the API and etcd without redundancy, or without quorum",
        remedy=f"look at the kubelet on {node.name} and bring the node back, then run the same command again",
    )


def _worker_not_ready(node: Node) -> Finding:
    return Finding(
        code="D2-NODE-007",
        subject=node.name,
        message=f"worker is {_state(node)}",
        why="it counts as out, and is not upgraded: a node that was broken before cannot be told from one that broke",
        remedy=f"look at the kubelet on {node.name}; once it is Ready, run the same command again to upgrade it",
        severity=Severity.WARNING,
    )


def _state(node: Node) -> str:
    return "not Ready" if node.ready is False else "of unknown readiness"
