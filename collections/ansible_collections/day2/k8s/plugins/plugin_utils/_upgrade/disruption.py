# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes are out, and by whose hand: what the disruption budget of the cluster counts."""

from __future__ import annotations

from collections.abc import Mapping

from .._model.naming import shortened
from .._model.node import Node


def run_of(node: Node) -> str | None:
    """The run that has, or left, the node in hand; None where no run has.

    Raises ValueError where a record on the Node is of a newer version of this product, or damaged.
    """
    record = node.claim or node.cordon_owner or node.journal
    return record.run if record else None


def why_out(node: Node) -> str | None:
    """Why new pods cannot count on this node, in words; None if they can.

    A node that is claimed counts though it still serves: its cordon is about to come. Raises ValueError as ``run_of``.
    """
    reasons = []
    if node.ready is not True:
        reasons.append("not Ready" if node.ready is False else "readiness unknown")
    if node.claim:
        reasons.append(f"in hand of run {node.claim.run}")
    elif node.unschedulable:
        reasons.append(f"cordoned by run {node.cordon_owner.run}" if node.cordon_owner else "cordoned by somebody else")
    return ", ".join(reasons) or None


def nodes_out(nodes: Mapping[str, Node]) -> dict[str, str]:
    """The nodes that are out, with the reasons. Whoever took them, they count."""
    return {node.name: why for node in nodes.values() if (why := why_out(node)) is not None}


def others_out(name: str, out: Mapping[str, str], *, not_counted: frozenset[str] = frozenset()) -> dict[str, str]:
    """Of the nodes that are out, those besides ``name`` that count."""
    return {other: why for other, why in out.items() if other != name and other not in not_counted}


def in_words(out: Mapping[str, str]) -> str:
    """``w1 (not Ready), w2 (cordoned by somebody else)``, shortened on a large cluster."""
    return shortened([f"{name} ({out[name]})" for name in sorted(out)])
