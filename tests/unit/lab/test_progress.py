# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io

import pytest

from lab.progress import Board


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def board(clock: _Clock, log: io.StringIO) -> Board:
    return Board(log, clock=clock, interactive=False)


def test_a_step_says_what_it_is_how_long_it_may_take_and_how_long_it_took(
    board: Board, clock: _Clock, log: io.StringIO
) -> None:
    with board.step("compile Kubernetes 1.36.3", expected_seconds=330):
        clock.now += 305
    assert log.getvalue().splitlines() == [
        "... compile Kubernetes 1.36.3 (expected about 5 min 30 s)",
        "ok     compile Kubernetes 1.36.3: 5 min 05 s (expected about 5 min 30 s)",
    ]


def test_long_work_is_heard_of_every_half_minute(board: Board, clock: _Clock, log: io.StringIO) -> None:
    with board.step("compile"):
        for _ in range(61):
            clock.now += 1
            board.tick()
    assert log.getvalue().splitlines()[1:-1] == ["... compile: 30 s", "... compile: 1 min 00 s"]


def test_a_step_that_raises_is_said_to_have_failed(board: Board, clock: _Clock, log: io.StringIO) -> None:
    def work() -> None:
        with board.step("compile"):
            clock.now += 2
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        work()
    assert log.getvalue().splitlines()[-1] == "failed compile: 2.0 s"


def test_on_a_terminal_running_steps_share_the_last_line(clock: _Clock, log: io.StringIO) -> None:
    board = Board(log, clock=clock, interactive=True)
    with board.step("one"), board.step("two"):
        clock.now += 12
        board.tick()
        last = log.getvalue().rpartition("\r\x1b[K")[2]
        assert last == "one: 12 s | two: 12 s"
    assert log.getvalue().endswith("ok     one: 12 s\n\r\x1b[K")


def test_text_between_steps_keeps_the_line_of_a_terminal(clock: _Clock, log: io.StringIO) -> None:
    board = Board(log, clock=clock, interactive=True)
    with board.step("one"):
        board.say("hello")
        assert log.getvalue().endswith("\r\x1b[Khello\n\r\x1b[Kone: 0.0 s")
