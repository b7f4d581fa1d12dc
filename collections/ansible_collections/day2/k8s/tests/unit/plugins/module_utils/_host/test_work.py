# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.work import (
    Answer,
    Work,
    WorkFailedError,
    WorkLostError,
    advance,
    describe,
    tail,
)
from ansible_collections.day2.k8s.plugins.module_utils._host.work_unit import Command, Outcome
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

COMMAND = Command(["kubeadm", "upgrade", "node"])


def once(outcome: Outcome | None) -> Command | None:
    return None if outcome else COMMAND


def nothing(outcome: Outcome | None) -> Command | None:
    return None


def test_work_that_is_quick_is_done_in_one_call(fake: FakeHost) -> None:
    answer = advance(fake.host.work_unit(), Work("a", 20), once)

    assert (answer.finished, answer.ran, answer.superseded) == (True, True, False)
    assert answer.outcome is not None
    assert answer.outcome.seconds == 3
    assert fake.unit.started == [["kubeadm", "upgrade", "node"]]


def test_with_nothing_to_do_nothing_is_started(fake: FakeHost) -> None:
    answer = advance(fake.host.work_unit(), Work("a", 20), nothing)

    assert answer == Answer(finished=True, ran=False)
    assert fake.unit.started == []


def test_long_work_is_asked_for_again_and_not_started_again(fake: FakeHost) -> None:
    fake.unit.seconds = 50
    unit, work = fake.host.work_unit(), Work("a", 20)

    answers = [advance(unit, work, once) for _dummy in range(3)]

    assert [answer.finished for answer in answers] == [False, False, True]
    assert [answer.ran for answer in answers] == [True, True, True]
    assert answers[0].active is not None
    assert len(fake.unit.started) == 1


def test_an_answer_that_was_lost_is_given_again(fake: FakeHost) -> None:
    unit, work = fake.host.work_unit(), Work("a", 20)
    first = advance(unit, work, once)

    assert advance(unit, work, once) == first
    assert len(fake.unit.started) == 1


def test_other_work_is_waited_for_and_nothing_is_begun_on_what_was_known_before(fake: FakeHost) -> None:
    fake.unit.busy_with("other", ["apt-get", "install"])

    answer = advance(fake.host.work_unit(), Work("a", 20), once)

    assert (answer.finished, answer.ran, answer.superseded, answer.active) == (False, False, True, None)
    assert len(fake.unit.started) == 1


def test_other_work_that_does_not_end_is_told(fake: FakeHost) -> None:
    fake.unit.seconds = 100
    fake.unit.busy_with("other", ["apt-get", "install"])

    answer = advance(fake.host.work_unit(), Work("a", 20), once)

    assert answer.superseded
    assert answer.active is not None
    assert answer.active.command == "apt-get install"


def test_other_work_that_starts_at_the_same_moment_wins(fake: FakeHost) -> None:
    def decide(outcome: Outcome | None) -> Command | None:
        fake.unit.busy_with("other", ["apt-get", "install"])
        return COMMAND

    answer = advance(fake.host.work_unit(), Work("a", 20), decide)

    assert (answer.finished, answer.superseded) == (False, True)
    assert answer.active is not None
    assert answer.active.id == "other"


def test_a_command_that_fails_is_an_error_now_and_when_asked_again(fake: FakeHost) -> None:
    fake.unit.exit_status = 1
    unit = fake.host.work_unit()

    for _dummy in range(2):
        with pytest.raises(WorkFailedError, match="status 1 after 3 s"):
            advance(unit, Work("a", 20), once)

    assert len(fake.unit.started) == 1


def test_a_command_without_a_result_is_lost(fake: FakeHost) -> None:
    fake.unit.loses_result = True

    with pytest.raises(WorkLostError):
        advance(fake.host.work_unit(), Work("a", 20), once)


def test_work_cut_short_is_an_error_and_not_begun_again_by_itself(fake: FakeHost) -> None:
    fake.write("/var/log/day2/a.log", "half")  # begun, no result, and no unit

    with pytest.raises(WorkLostError, match="cut short"):
        advance(fake.host.work_unit(), Work("a", 20), once)

    assert fake.unit.started == []


def test_work_that_ended_well_without_effect_is_the_deciders_to_judge(fake: FakeHost) -> None:
    answer = advance(fake.host.work_unit(), Work("a", 20), lambda outcome: COMMAND)

    assert not answer.finished


def test_an_answer_is_described_with_its_log(fake: FakeHost) -> None:
    fake.unit.prints = "one\n\n two \n"
    unit, work = fake.host.work_unit(), Work("a", 20)

    assert describe(advance(unit, work, once), unit, work) == {
        "finished": True,
        "superseded": False,
        "work": {"active": False, "id": None, "command": None, "since": None},
        "work_seconds": 3,
        "log": "/var/log/day2/a.log",
        "log_tail": ["one", " two"],
    }


def test_an_answer_without_work_has_no_log(fake: FakeHost) -> None:
    unit, work = fake.host.work_unit(), Work("a", 20)

    told = describe(advance(unit, work, nothing), unit, work)

    assert (told["log"], told["log_tail"], told["work_seconds"]) == (None, [], None)


def test_a_tail_is_the_last_lines() -> None:
    assert tail("\n".join(str(number) for number in range(50)), 3) == ["47", "48", "49"]


def test_whoever_asks_after_work_keeps_the_undos_of_the_node_waiting(fake: FakeHost) -> None:
    fake.write("/run/day2/undo/apiserver-isolation.sh", "true\n")
    fake.commands.on("systemctl restart day2-undo-")
    fake.unit.seconds = 50
    unit, work = fake.host.work_unit(), Work("a", 20)

    for _dummy in range(2):
        advance(unit, work, once)

    assert len(fake.commands.matching("systemctl restart day2-undo-apiserver-isolation.timer")) == 2
