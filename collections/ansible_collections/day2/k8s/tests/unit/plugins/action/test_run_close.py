# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import run_close
from ansible_collections.day2.k8s.plugins.action.run_close import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.closing import ClosedRun
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan, new_run
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, OLD, UID, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]
RUN = Run("run-1", "upgrade", "staging", UID, NEW, "/tmp/day2-x", "/tmp/day2-x/s", "/a/staging/run-1", AT)


def close_as(monkeypatch: pytest.MonkeyPatch, *findings: Finding, **report: Any) -> None:
    """Lets closing end with this report."""
    defaults = {"run": "run-1", "result": "done", "remaining": [], "nodes_failed": [], "report": "r", "next": "n"}
    closed = ClosedRun({**defaults, **report}, "BLOCK", findings)
    monkeypatch.setattr(run_close, "close_run", lambda *_, **__: closed)


def test_a_run_that_went_well_leaves_its_result_for_machines(
    run_action: RunAction, monkeypatch: pytest.MonkeyPatch, shown: list[str]
) -> None:
    close_as(monkeypatch)

    result = run_action(ActionModule, ReadableApi(), {"run": RUN.to_dict()})

    assert not result.get("failed")
    assert (result["result"], result["changed"], shown) == ("done", False, ["BLOCK"])
    assert result["ansible_stats"]["data"]["day2_result"]["result"] == "done"


def test_failed_nodes_fail_the_run_and_the_result_stays(run_action: RunAction, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"node": "w1", "step": "drain", "message": "out of time", "cordoned": False}
    finding = Finding("D2-RUN-004", "w1", "failed at drain: out of time", "why", "remedy")
    close_as(monkeypatch, finding, result="halted", nodes_failed=[failed])

    result = run_action(ActionModule, ReadableApi(), {"run": RUN.to_dict()})

    assert result["failed"]
    assert result["msg"].startswith("FAILED D2-RUN-004  w1: failed at drain")
    assert (result["result"], result["nodes_failed"]) == ("halted", ["w1"])


def test_without_an_open_run_there_is_nothing_to_close(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(), {"run": {}})

    assert "D2-RUN-001" in result["msg"]


def test_a_check_says_what_would_be_done_and_leaves_no_directory(run_action: RunAction, tmp_path: Path) -> None:
    run = new_run(
        verb="upgrade",
        environment="staging",
        cluster_uid=UID,
        target=NEW,
        artifacts=tmp_path,
        opened_at=AT,
        check_mode=True,
    )
    StoredPlan(("w1", "w2"), Limits(), 0, {"target": NEW, "steps": []}).write(Path(run.artifacts))
    api = ReadableApi(nodes=[node_json("w1", kubelet=NEW)])

    result = run_action(ActionModule, api, {"run": run.to_dict()}, check_mode=True)

    assert result["remaining"] == ["w2"]
    assert f"w2  kubelet {OLD}" in result["block"]
    assert not Path(run.directory).exists()
