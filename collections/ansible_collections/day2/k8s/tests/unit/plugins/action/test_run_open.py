# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import run_open
from ansible_collections.day2.k8s.plugins.action.run_open import ActionModule
from ansible_collections.day2.k8s.plugins.action.upgrade_plan_info import ActionModule as PlanAction
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import ANNOTATION, Halt
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, UID, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi, facts, hostvars

RunAction = Callable[..., dict[str, Any]]
Opened = list[tuple[Run, StoredPlan, dict[str, Any]]]


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return {
        "environment": "prod",
        "cluster_uid": UID,
        "kubernetes_version": NEW,
        "artifacts": str(tmp_path / "artifacts"),
    }


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The runs that were opened; no coordinator is started."""
    runs: Opened = []

    def open_run(run: Run, stored: StoredPlan, **rest: Any) -> None:
        runs.append((run, stored, rest))
        shutil.rmtree(run.directory)

    monkeypatch.setattr(run_open, "open_run", open_run)
    return runs


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def test_a_run_is_opened_with_its_hosts_in_the_order_of_the_plan(
    run_action: RunAction, options: dict[str, Any], opened: Opened, shown: list[str]
) -> None:
    result = run_action(ActionModule, ReadableApi(), options)

    assert (result["result"], result["changed"]) == ("opened", False)
    assert (result["control_plane"], result["canary"], result["workers"]) == (["cp2", "cp3", "cp1"], ["w1"], ["w2"])
    ((run, stored, rest),) = opened
    assert result["run"] == run.to_dict()
    assert stored.nodes == ("cp2", "cp3", "cp1", "w1", "w2")
    assert "@" in rest["who"]
    assert f"OPENED run {run.id}" in shown[-1]


def test_a_check_takes_no_lock_and_keeps_nothing_with_the_artefacts(
    run_action: RunAction, options: dict[str, Any], opened: Opened
) -> None:
    result = run_action(ActionModule, ReadableApi(), options, check_mode=True)

    assert result["result"] == "opened"
    assert result["run"]["check_mode"]
    assert opened == []
    assert not Path(options["artifacts"]).exists()
    assert StoredPlan.read(Path(result["run"]["artifacts"])).nodes[0] == "cp2"
    shutil.rmtree(result["run"]["directory"])


def test_with_nothing_to_do_no_run_is_opened(run_action: RunAction, options: dict[str, Any], opened: Opened) -> None:
    hosts = {name: {"day2_host": facts(name, running=NEW)} for name in ("cp1", "cp2", "cp3", "w1", "w2")}

    result = run_action(ActionModule, ReadableApi(running=NEW), options, hosts)

    assert (result["result"], result["run"], result["workers"]) == ("done", {}, [])
    assert opened == []


def test_a_refusal_is_an_answer_with_every_reason(
    run_action: RunAction, options: dict[str, Any], opened: Opened
) -> None:
    result = run_action(ActionModule, ReadableApi(), options, hostvars(cp2=None, w1=None))

    assert not result.get("failed")
    assert result["result"] == "refused"
    assert codes(result).count("D2-NODE-004") == 2
    assert result["ansible_stats"]["data"]["day2_result"]["result"] == "refused"
    assert opened == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cluster_uid": "another"}, "D2-CLUSTER-001"),
        ({"kubernetes_version": "1.36"}, "D2-INPUT-002"),
        ({"max_unavailable": 10}, "D2-RUN-002"),
    ],
)
def test_what_is_wrong_with_the_wish_refuses_too(
    run_action: RunAction, options: dict[str, Any], opened: Opened, change: dict[str, Any], code: str
) -> None:
    result = run_action(ActionModule, ReadableApi(), {**options, **change})

    assert (result["result"], codes(result)) == ("refused", [code])
    assert result["block"].startswith(f"REFUSED {code}")
    assert opened == []


def test_an_api_that_is_away_refuses(run_action: RunAction, options: dict[str, Any], opened: Opened) -> None:
    result = run_action(ActionModule, ReadableApi(away=True), options)

    assert (result["result"], codes(result)) == ("refused", ["D2-CLUSTER-002"])


def test_a_misspelt_variable_refuses_with_the_one_that_was_meant(
    run_action: RunAction, options: dict[str, Any], opened: Opened
) -> None:
    hosts = hostvars()
    hosts["w1"]["day2_max_unavailble"] = 2

    result = run_action(ActionModule, ReadableApi(), options, hosts)

    assert codes(result) == ["D2-INPUT-001"]
    assert "did you mean day2_max_unavailable?" in result["block"]


def test_a_lock_that_is_taken_refuses(
    run_action: RunAction, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(run: Run, *_: Any, **__: Any) -> None:
        shutil.rmtree(run.directory)
        raise Day2Error(Finding("D2-LOCK-001", "Lease", "run run-0 of anna@ops1 holds the lock", "why", "wait"))

    monkeypatch.setattr(run_open, "open_run", refuse)

    result = run_action(ActionModule, ReadableApi(), options)

    assert (result["result"], result["run"], codes(result)) == ("refused", {}, ["D2-LOCK-001"])


def test_while_runs_are_halted_none_is_opened(run_action: RunAction, options: dict[str, Any], opened: Opened) -> None:
    halt = Halt("anna@ops1", "2026-08-07T10:15:00Z", "orders are slow")
    lease = {"metadata": {"annotations": {ANNOTATION: halt.to_json()}, "resourceVersion": "1"}, "spec": {}}

    result = run_action(ActionModule, ReadableApi(lease=lease), options)

    assert (result["result"], codes(result)) == ("refused", ["D2-RUN-006"])
    assert f"REFUSED D2-RUN-006  prod: {halt}" in result["block"]
    assert opened == []


class TestAPlanFile:
    @pytest.fixture
    def agreed(self, run_action: RunAction, options: dict[str, Any], tmp_path: Path) -> str:
        file = str(tmp_path / "plan.json")
        wish = {name: value for name, value in options.items() if name != "artifacts"}
        run_action(PlanAction, ReadableApi(), {**wish, "plan_file": file})
        return file

    def test_of_the_same_intent_lets_the_run_open(
        self, run_action: RunAction, options: dict[str, Any], opened: Opened, agreed: str
    ) -> None:
        result = run_action(ActionModule, ReadableApi(), {**options, "plan_file": agreed})

        assert result["result"] == "opened"
        assert result["drift"] == {"material": [], "immaterial": []}
        assert "DRIFT  nothing changed" in result["block"]

    def test_of_another_intent_refuses_it(
        self, run_action: RunAction, options: dict[str, Any], opened: Opened, agreed: str
    ) -> None:
        result = run_action(ActionModule, ReadableApi(), {**options, "plan_file": agreed, "max_unavailable": 2})

        assert (result["result"], codes(result)) == ("refused", ["D2-PLAN-001"])
        assert "max_unavailable: 2 instead of 1" in result["findings"][0]["message"]
        assert opened == []

    def test_shows_what_changed_meanwhile(
        self, run_action: RunAction, options: dict[str, Any], opened: Opened, agreed: str
    ) -> None:
        api = ReadableApi(nodes=[node_json("w2", kubelet=NEW)])

        result = run_action(ActionModule, api, {**options, "plan_file": agreed})

        assert result["result"] == "opened"
        assert result["drift"] == {"material": [], "immaterial": ["w2: done meanwhile"]}

    def test_that_is_none_refuses_before_anything_is_looked_at(
        self, run_action: RunAction, options: dict[str, Any], opened: Opened, tmp_path: Path
    ) -> None:
        result = run_action(ActionModule, ReadableApi(away=True), {**options, "plan_file": str(tmp_path / "none")})

        assert (result["result"], codes(result)) == ("refused", ["D2-INPUT-002"])
