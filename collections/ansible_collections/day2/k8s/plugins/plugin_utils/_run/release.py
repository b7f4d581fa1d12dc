# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be done with a node whose step failed: given back if nothing was changed on it, otherwise set aside."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.node import Node


@dataclass(frozen=True, slots=True)
class Settlement:
    """``uncordon``: the cordon is this product's and nothing else was done. ``state`` says how the node is left."""

    uncordon: bool
    state: str


def after_failure(node: Node) -> Settlement:
    """Raises ValueError for a record on the Node that this version cannot read; then nothing is undone."""
    journal = node.journal
    if journal is not None and journal.changed:
        cordoned = "it stays cordoned" if node.unschedulable else "it is not cordoned"
        return Settlement(False, f"its machine was, or may have been, changed at {journal.step}; {cordoned}")
    if not node.unschedulable:
        return Settlement(False, "nothing was changed on its machine; it is in service")
    if node.cordon_owner is None:
        return Settlement(False, "nothing was changed on its machine; it stays cordoned, by somebody else")
    return Settlement(True, "nothing was changed on its machine; it is uncordoned and in service again")
