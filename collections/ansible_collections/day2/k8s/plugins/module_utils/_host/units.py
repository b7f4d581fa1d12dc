# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the systemd units that this product makes on a node, by name."""

from __future__ import annotations

NODE_WORK = "day2-node-work.service"


def undo(name: str) -> str:
    """The unit of an undo, without its suffix: there is a timer and a service of that name."""
    return f"day2-undo-{name}"
