# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the systemd units that this product makes on a node, by name."""

from __future__ import annotations

NODE_WORK = "day2-node-work.service"

# Put back what a failover drill took away, where the machine restarts in the middle of one.
DRILL_RESTORE = "day2-failover-drill.service"
# Cuts the network a moment after it was asked for, so that the answer still gets out.
DRILL_CUT = "day2-failover-drill-cut"


def undo(name: str) -> str:
    """The unit of an undo, without its suffix: there is a timer and a service of that name."""
    return f"day2-undo-{name}"
