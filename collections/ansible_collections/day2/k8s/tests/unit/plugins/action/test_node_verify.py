# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action.node_verify import ActionModule
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, OLD, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]
OPTIONS = {"node": "w1", "kubernetes_version": NEW}


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    monkeypatch.setattr(time, "sleep", clock.sleep)


def test_a_node_that_is_back_passes(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(nodes=[node_json("w1", kubelet=NEW)]), OPTIONS)

    assert (result["passed"], result["pending"], result["waited_seconds"]) == (True, [], 10.0)
    assert result["changed"] is False


def test_a_node_that_does_not_come_back_fails_with_what_is_missing(run_action: RunAction, shown: list[str]) -> None:
    result = run_action(ActionModule, ReadableApi(), {**OPTIONS, "timeout": 60})

    assert result["failed"]
    assert result["pending"] == [f"w1: kubelet runs {OLD}; {NEW} is wanted"]
    assert result["msg"].startswith("FAILED D2-NODE-008  w1: not as wanted after 60 s")
    assert shown == [f"w1 is not back yet: w1: kubelet runs {OLD}; {NEW} is wanted"]


def test_check_mode_looks_once_and_never_fails(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(), OPTIONS, check_mode=True)

    assert not result.get("failed")
    assert (result["passed"], result["waited_seconds"]) == (False, 0.0)


def test_without_a_run_the_version_has_to_be_named(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(), {"node": "w1"})

    assert "D2-INPUT-002" in result["msg"]
