# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.day2.k8s.plugins.action.node_cordon import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import CordonOwner
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import NodeApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

RunAction = Callable[..., dict[str, Any]]


def test_a_node_is_cordoned_and_the_difference_shown(run_action: RunAction) -> None:
    api = NodeApi(Clock())

    result = run_action(ActionModule, api, {"node": "w1"})

    assert api.node["spec"]["unschedulable"] is True
    assert (result["changed"], result["unschedulable"], result["owner"]) == (True, True, "day2")
    assert result["diff"]["before"] == "unschedulable: false\ncordoned by: nobody\n"
    assert result["diff"]["after"] == "unschedulable: true\ncordoned by: run (none)\n"


def test_doing_it_again_changes_nothing(run_action: RunAction) -> None:
    api = NodeApi(Clock())
    first = run_action(ActionModule, api, {"node": "w1"})

    again = run_action(ActionModule, api, {"node": "w1"})

    assert not again["changed"]
    assert again["diff"]["before"] == again["diff"]["after"] == first["diff"]["after"]
    assert again["owner_at"] == first["owner_at"] != ""


def test_a_cordon_of_ours_is_lifted(run_action: RunAction) -> None:
    api = NodeApi(Clock())
    run_action(ActionModule, api, {"node": "w1"})

    result = run_action(ActionModule, api, {"node": "w1", "state": "uncordoned"})

    assert (result["changed"], result["unschedulable"], result["owner"]) == (True, False, "none")
    assert CordonOwner.key not in api.node["metadata"]["annotations"]


def test_somebody_elses_cordon_stays_with_a_warning_and_no_failure(run_action: RunAction) -> None:
    api = NodeApi(Clock(), cordoned=True, forbid_writes=True)

    result = run_action(ActionModule, api, {"node": "w1", "state": "uncordoned"})

    assert not result.get("failed")
    assert (result["changed"], result["unschedulable"], result["owner"]) == (False, True, "foreign")
    assert [(w["code"], w["severity"]) for w in result["warnings_found"]] == [("D2-CORDON-001", "warning")]


def test_check_mode_only_says_what_it_would_do(run_action: RunAction) -> None:
    api = NodeApi(Clock(), forbid_writes=True)

    result = run_action(ActionModule, api, {"node": "w1"}, check_mode=True)

    assert (result["changed"], result["unschedulable"]) == (True, True)


def test_a_wrong_option_is_refused_with_its_code(run_action: RunAction) -> None:
    result = run_action(ActionModule, NodeApi(Clock(), forbid_writes=True), {"node": "w1", "state": "gone"})

    assert result["failed"]
    assert [finding["code"] for finding in result["findings"]] == ["D2-INPUT-002"]
    assert result["msg"].startswith("REFUSED D2-INPUT-002  node_cordon: ")
    assert "cordoned, uncordoned" in result["msg"]
