# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes whose kubelet is not heard any more: nobody ends pods there, and nobody confirms that they have ended.

Such a drain is bounded instead of waiting for a machine that may never come back: pods get a second of grace, those
whose grace is over are no longer waited for, nor are volumes. A kubelet that says that it is not ready does end pods
and is no case of this.
"""

from __future__ import annotations

from .._model.finding import Finding, Severity
from .._model.node import Node
from .state import UNHEARD_GRACE_SECONDS, NodeDrain


def silent(node: Node) -> bool:
    """Whether the node's kubelet is not heard; the control plane says so after some forty seconds of silence."""
    return node.ready is None


def unheard(node: NodeDrain) -> Finding:
    """The warning of a drain that waits for nobody's confirmation."""
    unconfirmed = [record for record in node.remaining() if record.overdue]
    return Finding(
        code="D2-DRAIN-009",
        subject=f"Node/{node.name}",
        message=f"its kubelet is not heard: {len(unconfirmed)} pods are past their grace period, unconfirmed; pods get "
        f"{UNHEARD_GRACE_SECONDS} s, and volumes are not waited for",
        why="these pods may still be running, and their volumes still be in use, until the machine is off",
        remedy="see that the machine is off, or bring its kubelet back",
        severity=Severity.WARNING,
    )
