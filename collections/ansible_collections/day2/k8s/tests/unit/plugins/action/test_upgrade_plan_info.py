# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action.cluster_snapshot import ActionModule as SnapshotAction
from ansible_collections.day2.k8s.plugins.action.upgrade_plan_info import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import BUDGETS, PODS
from ansible_collections.day2.k8s.plugins.plugin_utils._run.plan_file import PlanFile
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, OLD, UID, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi, facts, hostvars
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod_json

OPTIONS = {"environment": "prod", "cluster_uid": UID, "kubernetes_version": NEW}
RunAction = Callable[..., dict[str, Any]]


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def test_a_plan_is_returned_as_data_and_shown_as_text(run_action: RunAction, shown: list[str]) -> None:
    result = run_action(ActionModule, ReadableApi(), OPTIONS)

    assert (result["changed"], result["result"], result["findings"]) == (False, "ready", [])
    assert [step["node"] for step in result["plan"]["steps"]] == ["cp2", "cp3", "cp1", "w1", "w2"]
    assert [gate["outcome"] for gate in result["gates"]] == ["pass"] * 7
    assert shown == [result["block"]]
    assert result["block"].splitlines()[-1].startswith("VERDICT ready")


def test_a_refused_plan_is_an_answer_and_no_failure(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(running="1.34.8"), OPTIONS)

    assert not result.get("failed")
    assert result["result"] == "refused"
    assert "D2-VERSION-002" in codes(result)


def test_nothing_to_do_is_told(run_action: RunAction) -> None:
    hosts = {name: {"day2_host": facts(name, running=NEW)} for name in ("cp1", "cp2", "cp3", "w1", "w2")}

    assert run_action(ActionModule, ReadableApi(running=NEW), OPTIONS, hosts)["result"] == "done"


def test_another_cluster_fails_before_it_is_looked_at(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(uid="another"), OPTIONS)

    assert result["failed"]
    assert codes(result) == ["D2-CLUSTER-001"]
    assert result["msg"].startswith("REFUSED D2-CLUSTER-001  https://api.example.com:6443: ")


def test_an_api_that_is_away_fails_with_its_code(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(away=True), OPTIONS)

    assert result["failed"]
    assert codes(result) == ["D2-CLUSTER-002"]


@pytest.mark.parametrize(
    ("options", "subject"),
    [
        ({"kubernetes_version": "1.36"}, "day2_kubernetes_version"),
        ({"kubernetes_version": ""}, "day2_kubernetes_version"),
        ({"kubernetes_version": "1.37.0-rc.1"}, "day2_kubernetes_version"),
        ({"excluded_nodes": "pool=(("}, "day2_excluded_nodes"),
        ({"max_unavailable": 0}, "day2_max_unavailable"),
        ({"failure_budget": -1}, "day2_failure_budget"),
        ({"cluster_uid": ""}, "day2_cluster_uid"),
        ({"pools": [{"name": "db", "selector": "pool=(("}]}, "day2_pools"),
        ({"pools": [{"name": "db", "selector": "pool=db", "max_unavailable": 0}]}, "day2_pools"),
        ({"pools": [{"name": "db", "selector": "a"}, {"name": "db", "selector": "b"}]}, "day2_pools"),
        ({"drain": {"timeout": 0}}, "day2_drain_*"),
        ({"drain": {"rules": [{"action": "skip"}]}}, "day2_drain_*"),
        ({"accept": [{"code": "D2-ETCD-003"}]}, "day2_accept[0]"),
    ],
)
def test_a_wrong_value_fails_naming_its_variable(run_action: RunAction, options: dict[str, Any], subject: str) -> None:
    result = run_action(ActionModule, ReadableApi(), {**OPTIONS, **options})

    assert result["failed"]
    assert [(f["code"], f["subject"]) for f in result["findings"]] == [("D2-INPUT-002", subject)]


def test_everything_that_is_wrong_is_told_at_once(run_action: RunAction) -> None:
    wrong = {"kubernetes_version": "latest", "max_unavailable": 0, "failure_budget": -1}

    assert codes(run_action(ActionModule, ReadableApi(), {**OPTIONS, **wrong})) == ["D2-INPUT-002"] * 3


def test_an_unknown_option_fails(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(), {**OPTIONS, "exclude": "w1"})

    assert result["failed"]
    assert codes(result) == ["D2-INPUT-002"]


@pytest.mark.parametrize("answer", [None, {"reachable": False, "error": "Connection timed out"}])
def test_a_host_that_did_not_answer_refuses(run_action: RunAction, answer: dict[str, Any] | None) -> None:
    result = run_action(ActionModule, ReadableApi(), OPTIONS, hostvars(w2=answer))

    assert result["result"] == "refused"
    assert codes(result) == ["D2-NODE-004"]


def test_hosts_and_node_names_come_from_the_inventory(run_action: RunAction) -> None:
    hosts = hostvars()
    hosts["worker.example.com"] = {**hosts.pop("w2"), "day2_node_name": "w2"}
    others = {"loadbalancer": {}, **hosts}

    result = run_action(ActionModule, ReadableApi(), {**OPTIONS, "hosts": list(hosts)}, others)

    assert result["result"] == "ready"
    assert result["plan"]["steps"][-1]["host"] == "worker.example.com"


def test_options_choose_what_is_handled(run_action: RunAction) -> None:
    api = ReadableApi(nodes=[node_json("w2", labels={"pool": "lab"}, kubelet=OLD)])

    result = run_action(ActionModule, api, {**OPTIONS, "nodes": ["cp1", "w2"], "excluded_nodes": "pool=lab"})

    assert [step["node"] for step in result["plan"]["steps"]] == ["cp1"]
    assert {left["node"]: left["reason"] for left in result["plan"]["left_out"]} == {
        "cp2": "not selected by day2_nodes",
        "cp3": "not selected by day2_nodes",
        "w1": "not selected by day2_nodes",
        "w2": "excluded by day2_excluded_nodes",
    }


class TestDrains:
    def test_are_forecast_from_all_that_runs(self, run_action: RunAction) -> None:
        api = ReadableApi(lists={PODS: [pod_json("bare", owner="")]})

        result = run_action(ActionModule, api, OPTIONS)

        assert result["result"] == "refused"
        assert codes(result) == ["D2-DRAIN-002"]
        (step,) = (step for step in result["plan"]["steps"] if step["node"] == "w1")
        assert step["drain"]["counts"]["never"] == 1

    def test_are_forecast_as_they_are_to_be_done(self, run_action: RunAction) -> None:
        api = ReadableApi(lists={PODS: [pod_json("bare", owner="")]})

        assert run_action(ActionModule, api, {**OPTIONS, "drain": {"force": True}})["result"] == "ready"

    def test_that_were_accepted_do_not_refuse(self, run_action: RunAction) -> None:
        api = ReadableApi(lists={PODS: [pod_json("bare", owner="")]})
        accepted = {"code": "D2-DRAIN-002", "subject": "shop/bare", "reason": "ticket 7", "expires": "2999-01-01"}

        assert run_action(ActionModule, api, {**OPTIONS, "accept": [accepted]})["result"] == "ready"

    def test_of_which_less_is_known_are_told_to_be(self, run_action: RunAction) -> None:
        result = run_action(ActionModule, ReadableApi(refused=[BUDGETS]), OPTIONS)

        assert (result["result"], codes(result)) == ("ready", ["D2-CLUSTER-003"])
        assert "poddisruptionbudgets" in result["findings"][0]["message"]


class TestASnapshot:
    @pytest.fixture
    def directory(self, run_action: RunAction, tmp_path: Path) -> str:
        options = {"directory": str(tmp_path), "cluster_uid": UID, "kubernetes_version": NEW}
        run_action(SnapshotAction, ReadableApi(), options)
        return str(tmp_path)

    def test_gives_the_plan_that_the_cluster_would_give(self, run_action: RunAction, directory: str) -> None:
        live = run_action(ActionModule, ReadableApi(), OPTIONS)

        stored = run_action(ActionModule, None, {**OPTIONS, "snapshot": directory}, {})

        assert {**stored, "block": ""} == {**live, "block": ""}

    def test_of_another_cluster_is_refused(self, run_action: RunAction, directory: str) -> None:
        result = run_action(ActionModule, None, {**OPTIONS, "snapshot": directory, "cluster_uid": "another"}, {})

        assert codes(result) == ["D2-CLUSTER-001"]

    def test_says_that_it_does_not_know_the_packages_of_another_version(
        self, run_action: RunAction, directory: str
    ) -> None:
        result = run_action(ActionModule, None, {**OPTIONS, "snapshot": directory, "kubernetes_version": "1.36.9"}, {})

        assert result["result"] == "ready"
        assert result["plan"]["notes"] == [
            "the hosts were asked for packages of 1.36.3; whether 1.36.9 can be installed is not known"
        ]

    def test_that_is_none_is_refused(self, run_action: RunAction, tmp_path: Path) -> None:
        assert codes(run_action(ActionModule, None, {**OPTIONS, "snapshot": str(tmp_path / "none")}, {})) == [
            "D2-INPUT-002"
        ]


def test_the_plan_is_written_to_a_file_and_in_check_mode_it_is_not(run_action: RunAction, tmp_path: Path) -> None:
    options = {**OPTIONS, "plan_file": str(tmp_path / "plan.json")}

    run_action(ActionModule, ReadableApi(), options, check_mode=True)
    assert not Path(options["plan_file"]).exists()

    result = run_action(ActionModule, ReadableApi(), options)
    assert not result["changed"]
    assert PlanFile.read(Path(options["plan_file"])).plan == result["plan"]
