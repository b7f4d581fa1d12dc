# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recovery did, or in check mode would do, and what it leaves to a person. Made from the returned data alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .text import columns


def render_recovery(recovery: Mapping[str, Any], *, environment: str, check_mode: bool) -> str:
    """``recovery`` as of ``Recovery.to_dict``."""
    heading = "would be" if check_mode else "was"
    rows = []
    if recovery["lock_freed"]:
        rows.append(("lock", f"of run {recovery['lock_freed']} {heading} freed"))
    if recovery["run_closed"]:
        rows.append(("run", f"{recovery['run_closed']} {heading} closed as recovered"))
    nodes = recovery["nodes"]
    rows += [(node["node"], node["why"]) for node in nodes if node["uncordoned"] or node["records_removed"]]
    decisions = [(node["node"], node["decision"]) for node in nodes if node["decision"]]
    name = environment or "cluster"
    lines = [f"RECOVER {name}: " + ("" if rows else "nothing to undo; ") + _open(len(decisions))]
    if rows:
        lines += [f"  {row}" for row in columns(rows)]
    if decisions:
        lines += ["left to a person:", *(f"  {row}" for row in columns(decisions))]
    return "\n".join(lines)


def _open(decisions: int) -> str:
    if not decisions:
        return "nothing is left for a person to decide"
    return "1 node is left to a person" if decisions == 1 else f"{decisions} nodes are left to a person"
