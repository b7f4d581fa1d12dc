# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action.cluster_snapshot import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import BUDGETS, PODS
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, UID
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi, hostvars
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod_json

RunAction = Callable[..., dict[str, Any]]


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return {"directory": str(tmp_path / "snapshot"), "cluster_uid": UID, "kubernetes_version": NEW}


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def test_what_planning_reads_is_kept_with_the_hosts(
    run_action: RunAction, options: dict[str, Any], shown: list[str]
) -> None:
    api = ReadableApi(lists={PODS: [pod_json("web-1")]})

    result = run_action(ActionModule, api, options, hostvars(w2=None))

    assert (result["changed"], result["not_read"]) == (True, [])
    assert (result["objects"]["nodes"], result["objects"]["pods"], result["objects"]["hosts"]) == (5, 13, 5)
    assert "SNAPSHOT" in shown[0]
    snapshot = observe.stored(Path(options["directory"]))
    assert snapshot.hosts["w1"].reachable
    assert not snapshot.hosts["w2"].reachable
    assert str(snapshot.packages_for) == NEW


def test_check_mode_writes_nothing(run_action: RunAction, options: dict[str, Any]) -> None:
    result = run_action(ActionModule, ReadableApi(), options, check_mode=True)

    assert result["changed"]
    assert not Path(options["directory"]).exists()


def test_another_cluster_is_refused(run_action: RunAction, options: dict[str, Any]) -> None:
    result = run_action(ActionModule, ReadableApi(uid="another"), options)

    assert codes(result) == ["D2-CLUSTER-001"]
    assert not Path(options["directory"]).exists()


def test_kinds_that_may_not_be_read_are_named(run_action: RunAction, options: dict[str, Any]) -> None:
    result = run_action(ActionModule, ReadableApi(refused=[BUDGETS]), options)

    assert result["not_read"] == ["poddisruptionbudgets"]
    assert "poddisruptionbudgets" not in result["objects"]


@pytest.mark.parametrize("wrong", [{"directory": ""}, {"kubernetes_version": "1.36"}, {"cluster_uid": ""}])
def test_a_wrong_option_is_refused(run_action: RunAction, options: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert codes(run_action(ActionModule, ReadableApi(), {**options, **wrong})) == ["D2-INPUT-002"]
