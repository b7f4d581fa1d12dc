# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.day2.k8s.plugins.action.run_info import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import OLD, UID
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]


class NewCluster(ReadableApi):
    """On which no run has been yet."""

    def request(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        if "/namespaces/day2-system/" in path:
            raise ApiError(404, "NotFound", f"{path} not found")
        return super().request(method, path, **rest)


def test_a_cluster_without_any_run_is_shown(run_action: RunAction, shown: list[str]) -> None:
    result = run_action(ActionModule, NewCluster(), {"environment": "prod"})

    assert (result["changed"], result["cluster_uid"], result["run"], result["history"]) == (False, UID, None, [])
    assert {node["version"] for node in result["nodes"]} == {OLD}
    assert shown == [result["block"]]


def test_another_cluster_than_the_named_one_is_refused(run_action: RunAction) -> None:
    result = run_action(ActionModule, NewCluster(), {"cluster_uid": "another"})

    assert result["msg"].startswith("REFUSED D2-CLUSTER-001")
