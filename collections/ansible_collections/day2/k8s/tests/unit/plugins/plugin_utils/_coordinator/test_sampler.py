# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.sampler import Sampler, Series
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
