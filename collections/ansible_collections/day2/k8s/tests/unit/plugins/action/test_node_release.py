# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import node_release
from ansible_collections.day2.k8s.plugins.action.node_release import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import NodeState
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, UID, journal, own_cordon
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import NodeApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock

RunAction = Callable[..., dict[str, Any]]
RUN = Run("run-1", "upgrade", "staging", UID, NEW, "/tmp/day2-x", "/tmp/day2-x/s", "/a/staging/run-1", AT)
OPTIONS = {"run": RUN.to_dict(), "node": "w1"}
FAILED = {**OPTIONS, "state": "failed", "task": "Drain", "message": "out of time"}
SILENT = Day2Error(Finding("D2-RUN-001", "coordinator", "does not answer", "why", "remedy"))


class Coordinator:
    """A client that keeps what is released, or finds nobody there."""

    def __init__(self) -> None:
        self.released: list[tuple[str, NodeState, str]] = []
        self.trouble: Exception | None = None

    def release(self, node: str, state: NodeState, *, message: str = "") -> bool:
        if self.trouble:
            raise self.trouble  # pylint: disable=raising-bad-type  # not None here
        self.released.append((node, state, message))
        return True


@pytest.fixture
def coordinator(monkeypatch: pytest.MonkeyPatch) -> Coordinator:
    """The lock is held throughout."""
    found = Coordinator()
    monkeypatch.setattr(node_release, "Client", lambda _socket: found)
    monkeypatch.setattr(node_release.Fence, "check", lambda _self: None)
    return found


def api(*, cordoned: bool = True, ours: bool = True, changed: bool = False) -> NodeApi:
    found = NodeApi(Clock(), cordoned=cordoned)
    found.node["metadata"]["annotations"] = {
        **(own_cordon("run-1") if ours else {}),
        **(journal("run-1", step="kubeadm") if changed else {}),
    }
    return found


def test_a_node_that_is_done_is_given_back(run_action: RunAction, coordinator: Coordinator) -> None:
    result = run_action(ActionModule, api(), {**OPTIONS, "state": "done"})

    assert coordinator.released == [("w1", NodeState.DONE, "")]
    assert result["changed"] is False


def test_a_failed_node_whose_machine_was_not_changed_is_uncordoned(
    run_action: RunAction, coordinator: Coordinator, shown: list[str]
) -> None:
    node = api()

    result = run_action(ActionModule, node, FAILED)

    assert "unschedulable" not in node.node["spec"]
    assert result["uncordoned"]
    assert coordinator.released == [("w1", NodeState.FAILED, "Drain: out of time")]
    assert "it is uncordoned and in service again" in shown[-1]


@pytest.mark.parametrize("left", [{"changed": True}, {"ours": False}])
def test_a_changed_machine_and_somebody_elses_cordon_stay_cordoned(
    run_action: RunAction, coordinator: Coordinator, left: dict[str, bool]
) -> None:
    node = api(**left)

    result = run_action(ActionModule, node, FAILED)

    assert node.node["spec"]["unschedulable"] is True
    assert not result["uncordoned"]
    assert len(coordinator.released) == 1


def test_recording_a_failure_never_fails_itself(run_action: RunAction, coordinator: Coordinator) -> None:
    def away(_method: str, _path: str) -> None:
        raise AWAY

    coordinator.trouble = SILENT

    result = run_action(ActionModule, NodeApi(Clock(), interfere=away), FAILED)

    assert not result.get("failed")
    assert "how it was left is not known: connection refused" in result["text"]
    assert "the coordinator could not be told" in result["text"]


def test_without_an_open_run_it_fails_with_the_way_out(run_action: RunAction) -> None:
    result = run_action(ActionModule, api(), {"node": "w1", "state": "done"})

    assert result["failed"]
    assert "D2-RUN-001" in result["msg"]


def test_in_check_mode_nobody_is_told(run_action: RunAction, coordinator: Coordinator) -> None:
    run_action(ActionModule, api(), {**OPTIONS, "state": "done"}, check_mode=True)

    assert coordinator.released == []
