# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
import threading
from concurrent.futures import Future

import pytest

from lab.errors import CommandError, LabError
from lab.host.command import in_parallel, run, workers


def test_a_program_s_output_is_returned() -> None:
    assert run([sys.executable, "-c", "print(input()[::-1])"], stdin="abc\n") == "cba\n"


def test_a_program_that_fails_is_reported_with_what_it_said() -> None:
    with pytest.raises(CommandError, match="it broke") as caught:
        run([sys.executable, "-c", "import sys; sys.exit('it broke')"])
    assert caught.value.status == 1


def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(LabError, match="no-such-program is not installed"):
        run(["no-such-program"])


def test_parallel_results_keep_the_order_of_the_items() -> None:
    assert in_parallel(lambda number: number * 2, [3, 1, 2]) == [6, 2, 4]


def test_all_parallel_work_has_ended_when_an_error_is_raised() -> None:
    ended: list[int] = []

    def work(number: int) -> None:
        ended.append(number)
        if number == 0:
            raise LabError("first")

    with pytest.raises(LabError, match="first"):
        in_parallel(work, [0, 1, 2])
    assert sorted(ended) == [0, 1, 2]


def test_after_an_interrupt_running_work_is_not_waited_for_and_starts_no_other_program() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def work() -> str:
        entered.set()
        go_on.wait()
        return run([sys.executable, "-c", ""])

    futures: list[Future[str]] = []

    def interrupted() -> None:
        with workers() as pool:
            futures.append(pool.submit(work))
            entered.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not futures[0].done()
    go_on.set()
    with pytest.raises(LabError, match="interrupted"):
        futures[0].result()
