# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import node_drain
from ansible_collections.day2.k8s.plugins.action.node_drain import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import Surroundings
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._kube.inline import Inline
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import NodeApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget_json, pod_json

RunAction = Callable[..., dict[str, Any]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Drives the drains of the test."""
    clock = Clock()
    around = Surroundings(clock, clock.sleep, lambda: 0.0, Inline())
    timed = partial(node_drain.drain, surroundings=around)
    monkeypatch.setattr(node_drain, "drain", timed)
    return clock


def test_a_drained_node_is_reported_pod_by_pod(run_action: RunAction, clock: Clock, shown: list[str]) -> None:
    api = NodeApi(clock, [pod_json("a", grace=7), pod_json("agent", owner="DaemonSet/agent")], daemonsets=["agent"])

    result = run_action(ActionModule, api, {"node": "w1"})

    assert not result.get("failed")
    assert (result["changed"], result["node"]) == (True, "w1")
    assert 7 <= result["seconds"] <= 9
    assert [(p["namespace"], p["name"], p["action"], p["attempts"]) for p in result["pods"]] == [
        ("shop", "a", "evicted", 1),
        ("shop", "agent", "ignored", 0),
    ]
    assert result["diff"]["before"] == "shop/a\nshop/agent\n"
    assert result["diff"]["after"] == "shop/agent\n"
    assert shown[0].startswith("node w1: drain 0/1 pods gone")


def test_running_out_of_time_fails_naming_budget_pod_and_state(run_action: RunAction, clock: Clock) -> None:
    api = NodeApi(clock, [pod_json("a")], budgets=[budget_json()])

    result = run_action(ActionModule, api, {"node": "w1", "timeout": 30})

    assert result["failed"]
    assert result["changed"]
    assert result["msg"].startswith("FAILED D2-DRAIN-001  PodDisruptionBudget/shop/web: allows no eviction of shop/a")
    assert "state  no pod was evicted; node w1 is cordoned, by this task" in result["msg"]
    assert [p["action"] for p in result["pods"]] == ["blocked"]


def test_a_refusal_says_that_nothing_was_changed(run_action: RunAction, clock: Clock) -> None:
    api = NodeApi(clock, [pod_json("a", owner="")], forbid_writes=True)

    result = run_action(ActionModule, api, {"node": "w1"})

    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("REFUSED D2-DRAIN-002  shop/a: ")
    assert "state  nothing was changed" in result["msg"]


def test_check_mode_evicts_nothing(run_action: RunAction, clock: Clock) -> None:
    api = NodeApi(clock, [pod_json("a"), pod_json("b")], budgets=[budget_json(allowed=1)], forbid_writes=True)

    result = run_action(ActionModule, api, {"node": "w1"}, check_mode=True)

    assert result["changed"]
    assert [p["action"] for p in result["pods"]] == ["would_evict", "would_wait"]
    assert result["diff"]["after"] == ""


@pytest.mark.parametrize(("given", "sent"), [(-1, None), (0, 0), (5, 5)])
def test_the_grace_period_is_sent_only_when_it_is_given(
    run_action: RunAction, clock: Clock, given: int, sent: int | None
) -> None:
    api = NodeApi(clock, [pod_json("a", grace=1)])

    run_action(ActionModule, api, {"node": "w1", "grace_period": given})

    assert api.evictions[0][2].get("gracePeriodSeconds") == sent


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"timeout": 0}, "timeout"),
        ({"grace_period": -2}, "grace_period"),
        ({"volume_detach_timeout": -1}, "volume_detach_timeout"),
        ({"evictions_per_second": 0}, "evictions_per_second"),
        ({"pod_selector": "a >> b"}, "pod_selector"),
        ({"rules": [{"action": "skip"}]}, "rule 1 covers every pod"),
        ({"rules": [{"pod_selector": "app", "action": "delete"}]}, "action"),
        ({"nodes": ["w2"]}, "mutually exclusive"),
    ],
)
def test_values_that_make_no_sense_are_refused(
    run_action: RunAction, clock: Clock, options: dict[str, Any], word: str
) -> None:
    result = run_action(ActionModule, NodeApi(clock, forbid_writes=True), {"node": "w1", **options})

    assert [finding["code"] for finding in result["findings"]] == ["D2-INPUT-002"]
    assert word in result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"nodes": []}, "nodes names no node"),
        ({"nodes": ["w1"], "run": {"id": "run-1"}}, "mutually exclusive"),
    ],
)
def test_the_nodes_have_to_be_named_in_one_way(
    run_action: RunAction, clock: Clock, options: dict[str, Any], words: str
) -> None:
    assert words in run_action(ActionModule, NodeApi(clock, forbid_writes=True), options)["msg"]


def test_only_selected_pods_are_moved(run_action: RunAction, clock: Clock) -> None:
    api = NodeApi(clock, [pod_json("a", grace=0), pod_json("b", app="other")])

    result = run_action(ActionModule, api, {"node": "w1", "pod_selector": "app=web"})

    assert [p["name"] for p in result["pods"]] == ["a"]
    assert list(api.pods) == ["b"]


def test_rules_say_in_which_order_pods_leave_and_which_stay(run_action: RunAction, clock: Clock) -> None:
    api = NodeApi(clock, [pod_json("a", grace=3), pod_json("b", app="batch", grace=0), pod_json("c", app="fixed")])
    rules = [
        {"pod_selector": "app=batch", "order": -1},
        {"namespaces": ["shop"], "pod_selector": "app=fixed", "action": "skip"},
    ]

    result = run_action(ActionModule, api, {"node": "w1", "rules": rules})

    assert [name for _at, name, _options in api.evictions] == ["b", "a"]
    assert [(p["name"], p["action"], p["order"]) for p in result["pods"]] == [
        ("a", "evicted", 0),
        ("b", "evicted", -1),
        ("c", "ignored", 0),
    ]


def test_several_nodes_have_one_entry_each(run_action: RunAction, clock: Clock) -> None:
    result = run_action(ActionModule, NodeApi(clock, [pod_json("a", grace=0)]), {"nodes": ["w1", "w1"]})

    assert [(node["node"], node["ending"], len(node["pods"])) for node in result["nodes"]] == [("w1", "drained", 1)]
    assert (result["changed"], len(result["diff"])) == (True, 1)


def test_a_drain_needs_no_connection_to_the_host_whose_node_it_empties() -> None:
    """T32"""
    assert ActionModule._requires_connection is False
