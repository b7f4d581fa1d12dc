# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action.cluster_check_info import ActionModule
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, UID, node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi, facts, hostvars

OPTIONS = {"environment": "prod", "cluster_uid": UID}
RunAction = Callable[..., dict[str, Any]]


def test_a_healthy_cluster_passes(run_action: RunAction, shown: list[str]) -> None:
    result = run_action(ActionModule, ReadableApi(), OPTIONS)

    assert (result["changed"], result["result"], result["findings"]) == (False, "passed", [])
    assert shown == [result["block"]]
    assert result["block"].splitlines()[-1] == "VERDICT passed: an upgrade may begin"


def test_a_gate_that_does_not_pass_is_an_answer_and_no_failure(run_action: RunAction) -> None:
    api = ReadableApi(nodes=[node_json("cp2", control_plane=True, ready=False)])

    result = run_action(ActionModule, api, OPTIONS)

    assert not result.get("failed")
    assert result["result"] == "refused"
    assert {gate["gate"]: gate["outcome"] for gate in result["gates"]} == {
        "nodes ready": "fail",
        "control-plane pods": "pass",
        "etcd members": "pass",
        "etcd condition": "pass",
        "cluster DNS": "pass",
        "certificates": "pass",
        "kubeadm drift": "pass",
    }


@pytest.mark.parametrize(("version", "outcome"), [("", "passed"), (NEW, "refused")])
def test_what_only_an_upgrade_would_meet_is_asked_with_a_version(
    run_action: RunAction, version: str, outcome: str
) -> None:
    hosts = hostvars(w1=facts("w1", package=None))

    result = run_action(ActionModule, ReadableApi(), {**OPTIONS, "kubernetes_version": version}, hosts)

    assert result["result"] == outcome


def test_another_cluster_fails(run_action: RunAction) -> None:
    result = run_action(ActionModule, ReadableApi(uid="another"), OPTIONS)

    assert result["failed"]
    assert [finding["code"] for finding in result["findings"]] == ["D2-CLUSTER-001"]
