# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Client
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer, NodeState
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.server import Server
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import etcd, member

Dispatch = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Wire:
    """Client and server at the two ends of a socket; ``answers`` are given one after the other."""

    def __init__(self, socket: str) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[Mapping[str, Any] | Exception] = []
        self.server = Server(socket, self._dispatch)
        self.client = Client(socket, timeout_seconds=5.0)

    def _dispatch(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self.requests.append(dict(request))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def wire() -> Iterator[Wire]:
    # Not below tmp_path: with a long test name that is longer than a socket's path may be.
    with tempfile.TemporaryDirectory(prefix="day2-") as directory:
        wire = Wire(str(Path(directory) / "socket"))
        thread = threading.Thread(target=wire.server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield wire
        wire.server.shutdown()
        wire.server.server_close()
        thread.join()


def test_an_admission_asks_again_until_there_is_an_answer(wire: Wire) -> None:
    wire.answers = [
        {"answer": "wait", "why": "w1 is out"},
        {"answer": "wait", "why": "w1 is out"},
        {"answer": "wait", "why": "w2 is before it in the plan"},
        {"answer": "admitted", "why": ""},
    ]
    told: list[str] = []

    admission = wire.client.admit("w3", None, timeout_seconds=1800, on_wait=told.append)

    assert admission.admitted
    assert told == ["w1 is out", "w2 is before it in the plan"]
    assert [request["known_reason"] for request in wire.requests][1:] == ["w1 is out", "w1 is out", told[1]]


def test_a_deferred_node_is_not_admitted(wire: Wire) -> None:
    wire.answers = [{"answer": "deferred", "why": "waited 1800 s"}]

    admission = wire.client.admit("w3", None, timeout_seconds=1800, on_wait=print)

    assert not admission.admitted
    assert (admission.answer, admission.why) == (Answer.DEFERRED, "waited 1800 s")


def test_what_a_host_sees_of_etcd_travels_along(wire: Wire) -> None:
    wire.answers = [{"answer": "admitted", "why": ""}]

    wire.client.admit("cp1", etcd(member("cp1"), alarms=["NOSPACE"]), timeout_seconds=1, on_wait=print)

    assert wire.requests[0]["etcd"]["alarms"] == ["NOSPACE"]
    assert wire.requests[0]["etcd"]["members"][0]["name"] == "cp1"


def test_a_refusal_comes_back_with_its_findings_and_state(wire: Wire) -> None:
    finding = Finding("D2-CLUSTER-002", "w1", "could not be written", "why", "remedy")
    wire.answers = [Day2Error(finding, state="kubeadm was not started on w1")]

    with pytest.raises(Day2Error) as refusal:
        wire.client.step_started("w1", "kubeadm", changes_machine=True)
    assert refusal.value.findings == (finding,)
    assert refusal.value.state == "kubeadm was not started on w1"


def test_releasing_says_whether_the_node_was_annotated(wire: Wire) -> None:
    wire.answers = [{"written": False}]

    assert wire.client.release("w1", NodeState.FAILED, message="no disk") is False
    assert wire.requests == [{"op": "release", "node": "w1", "state": "failed", "message": "no disk"}]


def test_without_a_coordinator_there_is_no_open_run() -> None:
    with pytest.raises(Day2Error, match="D2-RUN-001"):
        Client("/nowhere/socket").status()


def test_an_error_in_the_coordinator_is_no_answer(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    wire.answers = [KeyError("a mistake of ours")]

    with pytest.raises(Day2Error, match="D2-RUN-001"):
        wire.client.status()
    assert "a mistake of ours" in caplog.text
