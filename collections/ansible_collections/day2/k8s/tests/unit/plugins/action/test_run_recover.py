# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.day2.k8s.plugins.action.run_recover import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import UID, claim, node_json, own_cordon
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]
OPTIONS = {"environment": "prod", "cluster_uid": UID}


class NewCluster(ReadableApi):
    """On which no run has been yet."""

    def request(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        if "/namespaces/day2-system/" in path and method == "GET":
            raise ApiError(404, "NotFound", f"{path} not found")
        return super().request(method, path, **rest)


def test_with_nothing_to_undo_not_even_the_lock_is_taken(run_action: RunAction, shown: list[str]) -> None:
    result = run_action(ActionModule, NewCluster(), OPTIONS)

    assert (result["changed"], result["nodes"], result["lock_freed"]) == (False, [], "")
    assert shown == ["RECOVER prod: nothing to undo; nothing is left for a person to decide"]


def test_check_mode_says_what_would_be_undone(run_action: RunAction) -> None:
    left = node_json("w1", cordoned=True, annotations={**claim("run-1"), **own_cordon("run-1")})

    result = run_action(ActionModule, NewCluster(nodes=[left]), OPTIONS, check_mode=True)

    assert result["changed"]
    assert [(entry["node"], entry["uncordoned"]) for entry in result["nodes"]] == [("w1", True)]


def test_another_cluster_is_refused(run_action: RunAction) -> None:
    result = run_action(ActionModule, NewCluster(uid="another"), OPTIONS)

    assert result["msg"].startswith("REFUSED D2-CLUSTER-001")
