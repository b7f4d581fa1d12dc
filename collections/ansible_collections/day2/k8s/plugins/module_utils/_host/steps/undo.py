# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module host_undo does."""

from __future__ import annotations

from typing import Any

from ..command import CommandError
from ..errors import HostError
from ..host import Host
from ..undo import Undo


def undo_all(host: Host, *, check_mode: bool) -> dict[str, Any]:
    """Run every undo that is armed; all are tried, then HostError names those that failed."""
    undo = Undo(host.runner, host.files)
    armed = undo.armed()
    troubles = []
    for name in () if check_mode else armed:
        try:
            undo.run(name)
        except CommandError as error:
            troubles.append(f"{name}: {error}")
    if troubles:
        raise HostError(
            f"not all of it could be undone: {'; '.join(troubles)}",
            code="D2-UNDO-001",
            why="the node still keeps something away that a run had taken from it",
            remedy="look at the script in /run/day2/undo on the node and run what failed by hand",
            result={"changed": True, "undone": [name for name in armed if name not in undo.armed()]},
        )
    return {"changed": bool(armed), "undone": armed}
