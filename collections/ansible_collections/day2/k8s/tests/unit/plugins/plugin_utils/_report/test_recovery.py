# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._report.recovery import render_recovery


def entry(node: str, why: str, *, decision: str = "") -> dict[str, Any]:
    return {"node": node, "uncordoned": not decision, "records_removed": not decision, "why": why, "decision": decision}


def test_what_was_undone_and_what_is_left_is_told_apart() -> None:
    recovery = {
        "lock_freed": "run-1",
        "run_closed": "run-1",
        "nodes": [entry("w1", "uncordoned"), entry("w2", "left as it is", decision="it is not Ready")],
    }

    assert render_recovery(recovery, environment="lab", check_mode=False).splitlines() == [
        "RECOVER lab: 1 node is left to a person",
        "  lock  of run run-1 was freed",
        "  run   run-1 was closed as recovered",
        "  w1    uncordoned",
        "left to a person:",
        "  w2  it is not Ready",
    ]


def test_a_second_time_there_is_nothing_to_undo() -> None:
    recovery: dict[str, Any] = {"lock_freed": "", "run_closed": "", "nodes": []}

    told = render_recovery(recovery, environment="", check_mode=False)

    assert told == "RECOVER cluster: nothing to undo; nothing is left for a person to decide"


def test_check_mode_says_what_would_be_done() -> None:
    recovery = {"lock_freed": "run-1", "run_closed": "", "nodes": []}

    assert "of run run-1 would be freed" in render_recovery(recovery, environment="lab", check_mode=True)
