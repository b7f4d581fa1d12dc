# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.day2.k8s.plugins.plugin_utils._action.node import (
    NodeReader,
    host_failure,
    patiently,
    unreachable,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

GONE = Day2Error(unreachable("w1", "connection refused"))
BROKEN = {
    "failed": True,
    "changed": True,
    "msg": "apt failed",
    "code": "D2-PACKAGE-002",
    "why": "half way",
    "remedy": "look at the log",
    "log": "/var/log/day2/x.log",
}


class Reader(NodeReader):
    module = "host_info"
    may_tolerate = True
    patience_seconds = 0.0


def read(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[..., dict[str, Any]], options: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The result of the task whose module answers so."""
    task = SimpleNamespace(action="host_info", args=options or {}, async_val=0, check_mode=False, environment=None)
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None), become=None)
    action = Reader(task, connection, SimpleNamespace(), None, SimpleNamespace(), None)
    monkeypatch.setattr(Reader, "_execute_module", lambda self, **arguments: answer(**arguments), raising=False)
    result: dict[str, Any] = action.run(task_vars={"inventory_hostname": "w1"})
    return result


def no_connection(**_arguments: Any) -> dict[str, Any]:
    raise AnsibleConnectionFailure("connection refused")


def test_a_reader_runs_the_module_of_its_name_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def answer(**arguments: Any) -> dict[str, Any]:
        asked.append(arguments)
        return {"changed": False, "machine_id": "4f1c"}

    assert read(monkeypatch, answer, {"etcd": True})["machine_id"] == "4f1c"
    assert (asked[0]["module_name"], asked[0]["module_args"]) == ("day2.k8s.host_info", {"etcd": True})


@pytest.mark.parametrize("answer", [no_connection, lambda **_: {"unreachable": True, "msg": "connection refused"}])
def test_a_host_that_does_not_answer_is_a_failed_task_and_never_an_unreachable_one(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[..., dict[str, Any]]
) -> None:
    result = read(monkeypatch, answer)

    assert result["failed"]
    assert "unreachable" not in result
    assert result["findings"][0]["code"] == "D2-NODE-004"
    assert "D2-NODE-004  w1: the host does not answer over its connection: connection refused" in result["msg"]


def test_a_host_that_does_not_answer_may_be_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    result = read(monkeypatch, no_connection, {"tolerate_unreachable": True})

    assert (result["changed"], result["reachable"], "failed" in result) == (False, False, False)
    assert result["error"] == "the host does not answer over its connection: connection refused"


def test_what_a_module_says_went_wrong_is_told_as_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    result = read(monkeypatch, lambda **_: BROKEN, {"tolerate_unreachable": True})

    assert (result["failed"], result["log"]) == (True, "/var/log/day2/x.log")
    assert result["msg"].splitlines()[0] == "FAILED D2-PACKAGE-002  w1: apt failed"
    assert result["findings"][0]["remedy"] == "look at the log"


def test_a_module_that_breaks_is_passed_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "Traceback"}

    assert read(monkeypatch, lambda **_: broken) == broken


def test_a_failure_before_anything_was_begun_is_a_refusal() -> None:
    begun, refused = host_failure("w1", BROKEN), host_failure("w1", {**BROKEN, "changed": False})

    assert (begun.begun, begun.state) == (True, "work was begun on the host and has ended")
    assert (refused.begun, refused.state) == (False, "nothing was changed on the host")


class Host:
    """Answers from the time ``back_at`` on."""

    def __init__(self, clock: Clock, back_after: float) -> None:
        self._clock, self._back_at = clock, clock.now + back_after
        self.calls = 0

    def __call__(self) -> dict[str, Any]:
        self.calls += 1
        if self._clock.now < self._back_at:
            raise GONE
        return {"changed": False}


def ask(
    host: Callable[[], dict[str, Any]], clock: Clock, patience_seconds: float
) -> tuple[dict[str, Any], list[float]]:
    told: list[float] = []
    result = patiently(host, patience_seconds=patience_seconds, on_trouble=told.append, clock=clock, sleep=clock.sleep)
    return result, told


def test_a_host_that_comes_back_is_asked_again() -> None:
    clock = Clock()

    result, told = ask(Host(clock, 12), clock, 60)

    assert result == {"changed": False}
    assert told == [5, 10, 15]


def test_patience_ends() -> None:
    clock = Clock()

    with pytest.raises(Day2Error, match="D2-NODE-004"):
        ask(Host(clock, 1000), clock, 60)

    assert clock.now - 1000 <= 65


def test_without_patience_a_host_is_asked_once() -> None:
    clock = Clock()
    host = Host(clock, 1000)

    with pytest.raises(Day2Error):
        ask(host, clock, 0)

    assert host.calls == 1


def test_other_errors_are_not_waited_out() -> None:
    clock = Clock()

    def fail() -> dict[str, Any]:
        raise host_failure("w1", BROKEN)

    with pytest.raises(Day2Error, match="D2-PACKAGE-002"):
        ask(fail, clock, 60)

    assert clock.now == 1000
