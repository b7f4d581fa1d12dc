# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.day2.k8s.plugins.action import run_continue, run_halt
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import ANNOTATION
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import UID
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]
OPTIONS = {"cluster_uid": UID}


class LeaseApi(ReadableApi):
    """With the lock's Lease, if there is one; keeps what is written to it."""

    def __init__(self, lease: dict[str, Any] | None, **rest: Any) -> None:
        super().__init__(**rest)
        self.lease = lease
        self.writes: list[str] = []

    def request(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        if "/leases" not in path:
            return super().request(method, path, **rest)
        if self.lease is None and method != "POST":
            raise ApiError(404, "NotFound", "no lease")
        if method == "GET":
            return dict(self.lease or {})
        self.writes.append(method)
        body = rest["body"]
        if method == "POST":
            self.lease = {**body, "metadata": {**body["metadata"], "resourceVersion": "1"}}
        else:
            assert self.lease is not None
            self.lease["metadata"]["annotations"].update(body["metadata"]["annotations"])
            if self.lease["metadata"]["annotations"][ANNOTATION] is None:
                del self.lease["metadata"]["annotations"][ANNOTATION]
        return dict(self.lease)


def _held() -> dict[str, Any]:
    return {
        "metadata": {"annotations": {"day2.k8s/run": "run-1"}, "resourceVersion": "1"},
        "spec": {"holderIdentity": "berta@ops2:1"},
    }


def test_an_open_run_is_halted_and_goes_on(run_action: RunAction, shown: list[str]) -> None:
    api = LeaseApi(_held())

    halted = run_action(run_halt.ActionModule, api, {**OPTIONS, "reason": "orders are slow"})
    again = run_action(run_halt.ActionModule, api, {**OPTIONS, "reason": "me too"})
    continued = run_action(run_continue.ActionModule, api, OPTIONS)

    assert (halted["changed"], halted["run"]) == (True, "run-1")
    assert halted["halt"].endswith(": orders are slow")
    assert (again["changed"], again["halt"]) == (False, halted["halt"])
    assert (continued["changed"], continued["halt"], continued["run"]) == (True, halted["halt"], "run-1")
    assert api.lease is not None
    assert api.lease["metadata"]["annotations"] == {"day2.k8s/run": "run-1"}
    assert "run run-1 takes no further node" in shown[0]


def test_without_a_run_and_without_a_lease_the_next_run_is_held(run_action: RunAction) -> None:
    api = LeaseApi(None)

    result = run_action(run_halt.ActionModule, api, OPTIONS)

    assert (result["changed"], result["run"], api.writes) == (True, "", ["POST"])


def test_nothing_halted_has_nothing_to_continue(run_action: RunAction, shown: list[str]) -> None:
    api = LeaseApi(_held())

    assert not run_action(run_continue.ActionModule, api, OPTIONS)["changed"]
    assert api.writes == []
    assert shown == ["CONTINUE  nothing was halted"]


def test_check_mode_writes_nothing(run_action: RunAction) -> None:
    api = LeaseApi(_held())

    assert run_action(run_halt.ActionModule, api, OPTIONS, check_mode=True)["changed"]
    assert api.writes == []


def test_another_cluster_is_refused(run_action: RunAction) -> None:
    api = LeaseApi(_held(), uid="another")

    assert run_action(run_halt.ActionModule, api, OPTIONS)["msg"].startswith("REFUSED D2-CLUSTER-001")
    assert api.writes == []
