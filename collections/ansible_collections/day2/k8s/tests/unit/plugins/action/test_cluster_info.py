# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.action.cluster_info import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import OLD, UID, node_json, own_cordon
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget_json

RunAction = Callable[..., dict[str, Any]]


class Api(ReadableApi):
    """With the budgets of the test."""

    def __init__(self, *budgets: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self._lists["/apis/policy/v1/poddisruptionbudgets"] = [dict(budget) for budget in budgets]


def test_what_the_cluster_is(run_action: RunAction) -> None:
    result = run_action(ActionModule, Api(), {})

    assert not result["changed"]
    assert (result["uid"], result["api_version"], result["kubeadm_version"]) == (UID, OLD, OLD)
    assert result["control_plane_endpoint"] == "api.example.com:6443"
    assert result["external_etcd"] is False
    assert [(n["name"], n["role"]) for n in result["nodes"]] == [
        ("cp1", "control_plane"),
        ("cp2", "control_plane"),
        ("cp3", "control_plane"),
        ("w1", "worker"),
        ("w2", "worker"),
    ]


def test_whose_the_cordons_are(run_action: RunAction) -> None:
    ours = node_json("w1", cordoned=True, annotations=own_cordon("run-7"), zone="a")
    theirs = node_json("w2", cordoned=True, ready=None)
    stale = node_json("cp1", control_plane=True, annotations=own_cordon("run-7"))

    nodes = {n["name"]: n for n in run_action(ActionModule, Api(nodes=[ours, theirs, stale]), {})["nodes"]}

    assert (nodes["w1"]["cordoned_by"], nodes["w1"]["cordoned_in_run"], nodes["w1"]["zone"]) == ("day2", "run-7", "a")
    assert (nodes["w2"]["cordoned_by"], nodes["w2"]["ready"]) == ("foreign", None)
    assert (nodes["cp1"]["cordoned_by"], nodes["cp1"]["unschedulable"]) == ("none", False)


def test_a_record_of_a_newer_version_is_not_taken_for_ours(run_action: RunAction) -> None:
    newer = {"day2.k8s/cordon": '{"schema": 99, "run": "future", "at": "x"}'}
    node = node_json("w1", cordoned=True, annotations=newer)

    nodes = {n["name"]: n for n in run_action(ActionModule, Api(nodes=[node]), {})["nodes"]}

    assert nodes["w1"]["cordoned_by"] == "foreign"


def test_budgets_that_block_are_named_and_slow_is_told_from_never(run_action: RunAction) -> None:
    slow = budget_json("slow", healthy=1)
    never = budget_json("never")
    empty = budget_json("empty", expected=0, desired=0, healthy=0)

    budgets = run_action(ActionModule, Api(slow, never, empty, budget_json("fine", allowed=1)), {})["budgets"]

    assert budgets["total"] == 4
    assert [(b["namespace"], b["name"], b["never_frees"]) for b in budgets["blocking"]] == [
        ("shop", "never", True),
        ("shop", "slow", False),
    ]


def test_an_api_that_does_not_answer_is_a_finding(run_action: RunAction) -> None:
    result = run_action(ActionModule, Api(away=True), {})

    assert result["failed"]
    assert [finding["code"] for finding in result["findings"]] == ["D2-CLUSTER-002"]
    assert "connection refused" in result["msg"]


def test_a_missing_right_is_told_apart(run_action: RunAction) -> None:
    class Forbidding(Api):
        def request(self, method: str, path: str, **_: Any) -> dict[str, Any]:
            raise ApiError(403, "Forbidden", "namespaces is forbidden")

    result = run_action(ActionModule, Forbidding(), {})

    assert [finding["code"] for finding in result["findings"]] == ["D2-CLUSTER-003"]
    assert "manifests/rbac.yaml" in result["msg"]
