# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of failover drills: what they open, choose, ask of the node, and wait for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import drill_hold, drill_target_info, node_fault, run_open
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node import NodeModules
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, OLD, UID, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi, hostvars

RunAction = Callable[..., dict[str, Any]]
SCENARIOS = ["etcd_leader", "load_balancer_backend"]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Run, StoredPlan]]:
    """The drills that were opened; no coordinator is started."""
    runs: list[tuple[Run, StoredPlan]] = []

    def open_run(run: Run, stored: StoredPlan, **_rest: Any) -> None:
        runs.append((run, stored))
        shutil.rmtree(run.directory)

    monkeypatch.setattr(run_open, "open_run", open_run)
    return runs


def _open(tmp_path: Path, **drill: Any) -> dict[str, Any]:
    wish = {"scenarios": SCENARIOS, "consent": "prod: J. Doe", "approver": "R. Roe", "rank": 1, **drill}
    return {
        "verb": "failover_drill",
        "environment": "prod",
        "cluster_uid": UID,
        "kubernetes_version": NEW,
        "artifacts": str(tmp_path),
        "drill": wish,
    }


def test_a_drill_is_opened_at_the_version_that_runs_and_upgrades_nothing(
    run_action: RunAction, tmp_path: Path, opened: list[tuple[Run, StoredPlan]], shown: list[str]
) -> None:
    result = run_action(run_open.ActionModule, ReadableApi(), _open(tmp_path))

    ((run, stored),) = opened
    assert (result["result"], run.verb, run.target) == ("opened", "failover_drill", OLD)
    assert (result["control_plane"], result["workers"]) == ([], [])
    assert (stored.nodes, stored.limits, stored.failure_budget) == (("cp1", "cp2", "cp3"), Limits(3), 0)
    assert StoredPlan(stored.nodes, stored.limits, 0, stored.plan).plan["drill"]["scenarios"] == SCENARIOS
    assert "a failover drill may begin" in shown[-1]
    assert "etcd_leader            cp1" in shown[-1]


def test_any_zone_may_be_out_because_the_leader_may_have_moved_until_then(
    run_action: RunAction, tmp_path: Path, opened: list[tuple[Run, StoredPlan]]
) -> None:
    zones = {"cp1": "a", "cp2": "b", "cp3": "c", "w1": "b"}
    nodes = [node_json(n, control_plane=n.startswith("cp"), zone=zone) for n, zone in zones.items()]
    api = ReadableApi(nodes=[*nodes, node_json("w2", zone="b", kubelet="1.34.4")])

    run_action(run_open.ActionModule, api, _open(tmp_path, scenarios=["zone"]))

    ((_run, stored),) = opened
    # The worker of another version can be of no scenario.
    assert stored.nodes == ("cp1", "cp2", "cp3", "w1")
    assert stored.limits.max_unavailable >= 3


@pytest.mark.parametrize(
    ("wish", "code"),
    [({"consent": ""}, "D2-DRILL-001"), ({"approver": ""}, "D2-DRILL-001"), ({"scenarios": ["zone"]}, "D2-DRILL-002")],
)
def test_a_drill_that_nobody_answers_for_or_that_cannot_be_borne_is_refused(
    run_action: RunAction, tmp_path: Path, opened: list[tuple[Run, StoredPlan]], wish: dict[str, Any], code: str
) -> None:
    result = run_action(run_open.ActionModule, ReadableApi(), _open(tmp_path, **wish))

    assert result["result"] == "refused"
    assert [finding["code"] for finding in result["findings"]] == [code]
    assert opened == []


def test_a_gate_that_does_not_pass_refuses_a_drill(
    run_action: RunAction, tmp_path: Path, opened: list[tuple[Run, StoredPlan]]
) -> None:
    api = ReadableApi(nodes=[node_json("cp2", control_plane=True, ready=False)])

    result = run_action(run_open.ActionModule, api, _open(tmp_path))

    assert {"D2-NODE-005", "D2-DRILL-002"} <= {finding["code"] for finding in result["findings"]}
    assert opened == []


def test_a_target_is_chosen_with_what_is_to_be_done_there(run_action: RunAction) -> None:
    result = run_action(drill_target_info.ActionModule, ReadableApi(), {"scenario": "etcd_leader", "hold_seconds": 40})

    assert (result["hosts"], result["fault"], result["component"]) == (["cp1"], "static_pod", "etcd")
    assert result["undo_after"] == 100


def test_a_node_without_network_is_given_back_when_the_fault_is_to_end(run_action: RunAction) -> None:
    options = {"scenario": "control_plane_node", "hold_seconds": 40}

    assert run_action(drill_target_info.ActionModule, ReadableApi(), options)["undo_after"] == 43


@pytest.mark.parametrize("api", [ReadableApi(away=True), ReadableApi()])
def test_a_scenario_that_cannot_be_chosen_is_left_out_and_fails_no_play(
    run_action: RunAction, api: ReadableApi, shown: list[str]
) -> None:
    result = run_action(drill_target_info.ActionModule, api, {"scenario": "zone"}, hostvars(cp1=None, cp2=None))

    assert not result.get("failed")
    assert result["hosts"] == []
    assert result["block"] == shown[-1]
    assert "this scenario is left out" in result["block"]


def test_the_fault_and_its_end_are_asked_of_the_node(run_action: RunAction, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def run_on_node(self: NodeModules, module: str, options: dict[str, Any], task_vars: Any) -> dict[str, Any]:
        assert module == "node_fault"
        asked.append(options)
        return {"changed": True}

    monkeypatch.setattr(NodeModules, "run_on_node", run_on_node)
    begun = {"fault": "static_pod", "component": "etcd", "scenario": "etcd_leader", "undo_after": 60}

    run_action(node_fault.ActionModule, ReadableApi(), begun)
    run_action(node_fault.ActionModule, ReadableApi(), {"state": "ended"})

    assert asked[0] == {"state": "begun", **begun}
    assert asked[1]["state"] == "ended"


@pytest.mark.parametrize("options", [{}, {"fault": "static_pod"}])
def test_a_fault_has_to_be_named(run_action: RunAction, options: dict[str, Any]) -> None:
    assert "D2-INPUT-002" in run_action(node_fault.ActionModule, ReadableApi(), options)["msg"]


def test_the_journal_names_the_scenario() -> None:
    name = node_fault.ActionModule.step_name

    assert name(None, {"state": "begun", "scenario": "etcd_leader"}) == "drill etcd_leader"  # type: ignore[arg-type]
    assert name(None, {"state": "ended", "scenario": ""}) == "restore"  # type: ignore[arg-type]


def test_in_check_mode_nobody_waits(run_action: RunAction) -> None:
    result = run_action(drill_hold.ActionModule, ReadableApi(), {"node": "cp1"}, check_mode=True)

    assert result == {"changed": False, "succession": None}
