# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import check_patiently, journalled, required_run
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock

TROUBLE = Day2Error(Finding("D2-DRAIN-001", "w1", "out of time", "why", "remedy"))
LOST = Day2Error(Finding("D2-LOCK-002", "run run-1", "another has it", "why", "remedy"))
SILENT = Day2Error(Finding("D2-RUN-001", "coordinator", "silent", "why", "remedy"))


class Recorder:
    """A client that keeps what it is told, in order, or is silent."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.silent_at = ""

    def step_started(self, node: str, step: str, *, changes_machine: bool) -> None:
        self._tell("started", node, step, changes_machine)

    def step_ended(self, node: str, step: str, **details: Any) -> None:
        self._tell("ended", node, step, details)

    def _tell(self, kind: str, *told: Any) -> None:
        if kind == self.silent_at:
            raise SILENT
        self.told.append((kind, *told))


def play(recorder: Any, work: Any, *, changes_machine: bool = True) -> dict[str, Any]:
    clock = Clock()

    def timed() -> dict[str, Any]:
        clock.sleep(7.5)
        result: dict[str, Any] = work()
        return result

    return journalled(
        timed,
        client=recorder,
        node="w1",
        step="packages",
        changes_machine=changes_machine,
        evidence=("pods",),
        clock=clock,
    )


def ending(recorder: Recorder) -> dict[str, Any]:
    (details,) = recorder.told[-1][3:]
    found: dict[str, Any] = details
    return found


def fail() -> dict[str, Any]:
    raise TROUBLE


def test_the_start_is_written_before_the_work_and_the_end_after_it_with_its_seconds() -> None:
    recorder = Recorder()

    result = play(recorder, lambda: {"changed": len(recorder.told) == 1})

    assert result == {"changed": True}
    assert recorder.told[0] == ("started", "w1", "packages", True)
    assert ending(recorder) == {"seconds": 7.5, "ok": True, "changed": True, "message": "", "details": {}}


def test_a_step_that_changed_nothing_says_so() -> None:
    recorder = Recorder()
    play(recorder, lambda: {"changed": False})

    assert ending(recorder)["changed"] is False


def test_a_step_that_only_moves_workloads_never_counts_as_a_changed_machine() -> None:
    recorder = Recorder()
    play(recorder, lambda: {"changed": True}, changes_machine=False)

    assert ending(recorder)["changed"] is False


def test_a_failed_result_counts_as_failed_and_as_changed() -> None:
    recorder = Recorder()
    play(recorder, lambda: {"failed": True, "msg": "dpkg was interrupted"})

    assert (ending(recorder)["ok"], ending(recorder)["changed"]) == (False, True)
    assert ending(recorder)["message"] == "dpkg was interrupted"


def test_an_error_is_written_down_and_goes_on_its_way() -> None:
    recorder = Recorder()

    with pytest.raises(Day2Error, match="D2-DRAIN-001"):
        play(recorder, fail)
    assert ending(recorder)["ok"] is False
    assert "out of time" in ending(recorder)["message"]


def test_what_a_step_names_as_evidence_is_kept_whether_it_went_well_or_not() -> None:
    def drain(**result: Any) -> dict[str, Any]:
        raise Day2Error(TROUBLE.findings, result=result)

    recorder = Recorder()
    play(recorder, lambda: {"changed": True, "pods": ["shop/a"], "diff": "long"})
    assert ending(recorder)["details"] == {"pods": ["shop/a"]}

    with pytest.raises(Day2Error):
        play(recorder, lambda: drain(pods=["shop/b"]))
    assert ending(recorder)["details"] == {"pods": ["shop/b"]}


def test_an_error_is_not_hidden_by_a_coordinator_that_is_silent_as_well() -> None:
    recorder = Recorder()
    recorder.silent_at = "ended"

    with pytest.raises(Day2Error, match="D2-DRAIN-001"):
        play(recorder, fail)


def test_nothing_is_done_when_its_start_cannot_be_written() -> None:
    recorder = Recorder()
    recorder.silent_at = "started"

    with pytest.raises(Day2Error, match="D2-RUN-001"):
        play(recorder, lambda: pytest.fail("the work was done"))


class Gate:
    """A fence that raises what ``trouble`` says."""

    def __init__(self, trouble: Exception | None) -> None:
        self.trouble = trouble

    def check(self) -> None:
        if self.trouble:
            raise self.trouble


def passes(gate: Gate, clock: Clock, said: list[str]) -> None:
    check_patiently(gate, subject="w1", say=said.append, clock=clock, sleep=clock.sleep)


def test_an_api_that_is_away_for_a_while_is_waited_for_and_that_is_said() -> None:
    gate, clock, said = Gate(AWAY), Clock(), list[str]()
    clock.at(90, lambda: setattr(gate, "trouble", None))

    passes(gate, clock, said)

    assert clock.now - 1000.0 == 90
    assert said[0] == "w1: waiting for the API: connection refused"


def test_an_api_that_stays_away_ends_the_step_before_it_began() -> None:
    clock = Clock()

    with pytest.raises(ApiError):
        passes(Gate(AWAY), clock, [])
    assert clock.now - 1000.0 == 300


def test_a_lock_that_is_lost_is_not_waited_for() -> None:
    clock = Clock()

    with pytest.raises(Day2Error, match="D2-LOCK-002"):
        passes(Gate(LOST), clock, [])
    assert clock.now == 1000.0


@pytest.mark.parametrize("run", [None, {}])
def test_without_an_open_run_the_way_out_is_named(run: dict[str, Any] | None) -> None:
    with pytest.raises(Day2Error) as refusal:
        required_run({"run": run, "node": "w1"})

    (finding,) = refusal.value.findings
    assert (finding.code, finding.subject) == ("D2-RUN-001", "w1")
    assert "day2_nodes" in finding.remedy
