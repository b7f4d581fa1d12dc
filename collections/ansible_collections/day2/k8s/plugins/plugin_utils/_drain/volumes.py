# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of an emptied node: a node is safe to work on, and its volumes usable elsewhere, once they are detached."""

from __future__ import annotations

from .._model.finding import Finding
from .state import NodeDrain

_NAMED = 5


def volume_names(node: NodeDrain) -> str:
    """The volumes still attached, and how many more than can be named in one line."""
    more = len(node.volumes) - _NAMED
    return ", ".join(node.volumes[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def still_attached(node: NodeDrain, waited_seconds: float) -> Finding:
    """Why a drain failed although no pod is left."""
    return Finding(
        code="D2-DRAIN-010",
        subject=f"Node/{node.name}",
        message=f"volumes are still attached {waited_seconds:.0f} s after the last pod was gone: {volume_names(node)}",
        why="pods that moved wait for these volumes, and work on the node could cut off a write to them",
        remedy="look at the VolumeAttachments and the storage driver's controller, then run the same command again",
    )
