# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.arbiter import Question, Reply
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.coordinator import Coordinator, Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.heartbeat import LockState
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock


class Parts:
    """What a coordinator is made of, each noting what it is asked."""

    interval_seconds = 15.0

    def __init__(self) -> None:
        self.state = LockState.HELD
        self.beats = 0
        self.flushes = 0
        self.events: list[dict[str, Any]] = []
        self.asked: list[Question] = []
        self.reply = Reply(Answer.ADMITTED, "")
        self.failed_nodes: dict[str, str] = {}
        self.in_hand = frozenset({"w1"})
        self.ended = ""

    def beat(self) -> bool:
        self.beats += 1
        return self.state is LockState.HELD

    def flush(self) -> bool:
        self.flushes += 1
        return True

    def append(self, record: dict[str, Any]) -> None:
        self.events.append(record)

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return self.reply

    def failed(self, node: str, message: str) -> None:
        self.failed_nodes[node] = message

    def given_back(self) -> None:
        pass

    def end(self, why: str) -> None:
        self.ended = why

    def journal(self, _node: str) -> None:
        return None

    def give_back(self, _node: str, *, failure: str | None) -> bool:
        return failure is None

    def step_started(self, _node: str, _step: str, *, changes_machine: bool) -> None:
        pass

    def step_ended(self, _node: str, *, changed: bool) -> None:
        pass


class Run:
    """A coordinator whose time moves when it waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        self.parts = Parts()
        self.alive = True
        monkeypatch.setattr(threading.Event, "wait", lambda _self, timeout=None: self.clock.sleep(timeout or 0))
        parts: Any = self.parts
        self.coordinator = Coordinator(
            arbiter=parts,
            journals=parts,
            heartbeat=parts,
            events=parts,
            controller_alive=lambda: self.alive,
            maximum_age_seconds=3600.0,
            now_iso=lambda: AT,
            clock=self.clock,
        )


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(monkeypatch)


def test_it_ends_within_a_second_of_the_end_of_ansible_playbook(run: Run) -> None:
    run.clock.at(100.5, lambda: setattr(run, "alive", False))

    assert run.coordinator.run() is Ending.CONTROLLER_GONE
    assert run.clock.now - 1000.0 <= 102
    assert run.parts.ended == "ansible-playbook is gone"


def test_it_ends_when_the_lock_is_somebody_elses(run: Run) -> None:
    run.clock.at(30, lambda: setattr(run.parts, "state", LockState.LOST))

    assert run.coordinator.run() is Ending.LOCK_LOST


def test_it_goes_on_while_the_lock_is_only_uncertain(run: Run) -> None:
    run.clock.at(30, lambda: setattr(run.parts, "state", LockState.UNCERTAIN))
    run.clock.at(300, lambda: setattr(run, "alive", False))

    assert run.coordinator.run() is Ending.CONTROLLER_GONE
    assert run.clock.now - 1000.0 >= 300


def test_it_ends_at_its_maximum_age(run: Run) -> None:
    assert run.coordinator.run() is Ending.TOO_OLD
    assert run.clock.now - 1000.0 == 3600


def test_it_renews_the_lock_at_its_interval_and_then_writes_what_is_late(run: Run) -> None:
    run.clock.at(61, lambda: setattr(run, "alive", False))
    run.coordinator.run()

    assert run.parts.beats == 4
    assert run.parts.flushes == 4


def test_what_is_late_waits_while_the_lock_cannot_be_renewed(run: Run) -> None:
    run.parts.state = LockState.UNCERTAIN
    run.clock.at(61, lambda: setattr(run, "alive", False))
    run.coordinator.run()

    assert run.parts.flushes == 0


def test_closing_ends_it(run: Run) -> None:
    run.clock.at(10, lambda: run.coordinator.dispatch({"op": "close"}))

    assert run.coordinator.run() is Ending.CLOSED


def test_an_admission_reaches_the_arbiter_with_the_etcd_of_the_host(run: Run) -> None:
    etcd = {
        "members": [
            {
                "id": "1",
                "name": "cp1",
                "endpoint": "https://10.0.0.1:2379",
                "started": True,
                "learner": False,
                "healthy": True,
                "leader": True,
                "error": "",
            }
        ],
        "alarms": [],
    }
    request = {
        "op": "admit",
        "node": "cp1",
        "etcd": etcd,
        "timeout_seconds": 60,
        "wait_seconds": 10,
        "known_reason": "",
    }

    assert run.coordinator.dispatch(request) == {"answer": "admitted", "why": ""}
    asked = run.parts.asked[0]
    assert asked.etcd is not None
    assert asked.etcd.members[0].leader


def test_a_reason_for_waiting_is_noted_once(run: Run) -> None:
    run.parts.reply = Reply(Answer.WAIT, "1 node out")
    request = {"op": "admit", "node": "w1", "etcd": None, "timeout_seconds": 60, "wait_seconds": 10}

    run.coordinator.dispatch({**request, "known_reason": ""})
    run.coordinator.dispatch({**request, "known_reason": "1 node out"})

    assert [event["event"] for event in run.parts.events] == ["wait"]


def test_a_failed_node_counts_even_if_the_node_cannot_be_annotated(run: Run) -> None:
    answer = run.coordinator.dispatch({"op": "release", "node": "w1", "state": "failed", "message": "no disk"})

    assert answer == {"written": False}
    assert run.parts.failed_nodes == {"w1": "no disk"}


def test_the_status_names_lock_and_nodes(run: Run) -> None:
    assert run.coordinator.dispatch({"op": "status"}) == {
        "lock": "held",
        "nodes_in_hand": ["w1"],
        "nodes_failed": {},
    }


def test_steps_are_kept_as_events(run: Run) -> None:
    run.coordinator.dispatch({"op": "step_started", "node": "w1", "step": "drain", "changes_machine": False})
    end = {
        "op": "step_ended",
        "node": "w1",
        "step": "drain",
        "seconds": 7.5,
        "ok": True,
        "changed": False,
        "message": "",
    }
    run.coordinator.dispatch(end)

    assert [event["event"] for event in run.parts.events] == ["step_started", "step_ended"]
    assert run.parts.events[1]["seconds"] == 7.5
