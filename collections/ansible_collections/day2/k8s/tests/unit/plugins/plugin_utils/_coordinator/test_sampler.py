# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from collections.abc import Callable

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.sampler import Sampler, Series
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._report.availability import Sample
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY


def test_a_request_that_is_answered_is_a_success() -> None:
    sample = Series("new", lambda: None).take()

    assert (sample.series, sample.ok, sample.error) == ("new", True, "")


def test_a_request_that_fails_says_how() -> None:
    def refuse() -> None:
        raise AWAY

    sample = Series("new", refuse).take()

    assert not sample.ok
    assert sample.error == "ApiError: connection refused"


DROPPED = ApiError(0, "", "closed", dropped=True)


def raising(error: ApiError) -> Callable[[], None]:
    def read() -> None:
        raise error

    return read


def test_a_reused_connection_that_closed_before_the_first_byte_is_a_reconnect_and_no_failure() -> None:
    asked: list[str] = []

    sample = Series("reused", raising(DROPPED), again=lambda: asked.append("again")).take()

    assert (sample.ok, sample.reconnected, sample.error) == (True, True, "")
    assert asked == ["again"]


def test_a_request_is_sent_again_only_once() -> None:
    sample = Series("reused", raising(DROPPED), again=raising(DROPPED)).take()

    assert (sample.ok, sample.reconnected, sample.error) == (False, True, "ApiError: closed")


def test_any_other_failure_is_not_sent_again() -> None:
    asked: list[str] = []

    sample = Series("reused", raising(AWAY), again=lambda: asked.append("again")).take()

    assert (sample.ok, sample.reconnected, asked) == (False, False, [])


def test_without_another_way_of_asking_nothing_is_sent_again() -> None:
    sample = Series("new", raising(DROPPED)).take()

    assert (sample.ok, sample.reconnected) == (False, False)


def test_only_so_many_requests_wait_for_an_answer_at_a_time() -> None:
    asked, answered = threading.Semaphore(0), threading.Event()

    def read() -> None:
        asked.release()
        answered.wait()

    series = Series("new", read)
    waiting = [threading.Thread(target=series.take) for _dummy in range(20)]
    for thread in waiting:
        thread.start()
        asked.acquire()

    sample = series.take()
    answered.set()
    for thread in waiting:
        thread.join()

    assert "still unanswered" in sample.error


def test_starting_takes_the_first_sample_of_each_series() -> None:
    taken: list[Sample] = []
    sampler = Sampler((Series("new", lambda: None), Series("reused", lambda: None)), taken.append)

    sampler.start()
    sampler.stop()

    assert {sample.series for sample in taken} >= {"new", "reused"}
