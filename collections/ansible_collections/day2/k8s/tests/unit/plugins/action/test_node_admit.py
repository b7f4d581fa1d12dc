# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import node_admit
from ansible_collections.day2.k8s.plugins.action.node_admit import ActionModule
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Admission
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, UID
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import facts

RunAction = Callable[..., dict[str, Any]]
RUN = Run("run-1", "upgrade", "staging", UID, NEW, "/tmp/day2-x", "/tmp/day2-x/s", "/a/staging/run-1", AT)
OPTIONS = {"run": RUN.to_dict(), "node": "w3"}


class Coordinator:
    """A client that waits for a reason and then gives its answer."""

    def __init__(self) -> None:
        self.admission = Admission(Answer.ADMITTED, "")
        self.asked: list[tuple[str, Etcd | None, float]] = []

    def admit(
        self, node: str, etcd: Etcd | None, *, timeout_seconds: float, on_wait: Callable[[str], None]
    ) -> Admission:
        self.asked.append((node, etcd, timeout_seconds))
        on_wait("1 node out, at most 1 may be: w1 (in hand of run run-1)")
        return self.admission


@pytest.fixture
def coordinator(monkeypatch: pytest.MonkeyPatch) -> Coordinator:
    found = Coordinator()
    monkeypatch.setattr(node_admit, "Client", lambda _socket: found)
    return found


def test_while_it_waits_it_shows_why(run_action: RunAction, coordinator: Coordinator, shown: list[str]) -> None:
    result = run_action(ActionModule, None, OPTIONS)

    assert (result["admitted"], result["answer"], result["changed"]) == (True, "admitted", False)
    assert shown == ["w3 waits: 1 node out, at most 1 may be: w1 (in hand of run run-1)"]


@pytest.mark.parametrize("answer", [Answer.DEFERRED, Answer.REFUSED])
def test_a_node_that_is_not_admitted_is_no_failure(
    run_action: RunAction, coordinator: Coordinator, shown: list[str], answer: Answer
) -> None:
    coordinator.admission = Admission(answer, "because")

    result = run_action(ActionModule, None, OPTIONS)

    assert not result.get("failed")
    assert (result["admitted"], result["answer"], result["why"]) == (False, answer.value, "because")
    assert shown[-1] == f"w3 is {answer.value}: because"


def test_what_the_host_sees_of_etcd_is_handed_on(run_action: RunAction, coordinator: Coordinator) -> None:
    run_action(ActionModule, None, {**OPTIONS, "etcd": facts("cp1")["etcd"], "timeout": 60})

    ((_node, etcd, timeout),) = coordinator.asked
    assert etcd is not None
    assert [member.name for member in etcd.members] == ["cp1", "cp2", "cp3"]
    assert timeout == 60


@pytest.mark.parametrize("etcd", [{}, {"failed": True, "msg": "timed out"}])
def test_an_etcd_that_could_not_be_read_is_unknown(
    run_action: RunAction, coordinator: Coordinator, etcd: dict[str, Any]
) -> None:
    run_action(ActionModule, None, {**OPTIONS, "etcd": etcd})

    assert coordinator.asked[0][1] is None


@pytest.mark.parametrize("run", [{}, {"run": {}}])
def test_without_an_open_run_it_fails_with_the_way_out(run_action: RunAction, run: dict[str, Any]) -> None:
    result = run_action(ActionModule, None, {"node": "w3", **run})

    assert result["failed"]
    assert "D2-RUN-001" in result["msg"]
    assert "day2_nodes" in result["msg"]


def test_in_check_mode_nobody_is_asked(run_action: RunAction, coordinator: Coordinator) -> None:
    assert run_action(ActionModule, None, OPTIONS, check_mode=True)["admitted"]
    assert coordinator.asked == []
