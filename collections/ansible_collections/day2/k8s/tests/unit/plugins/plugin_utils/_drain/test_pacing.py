# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.pacing import Pacer, backoff, budget_interval


def test_evictions_keep_to_twenty_a_second_after_a_small_burst() -> None:
    pacer, now, sent = Pacer(), 0.0, 0
    while now < 10:
        if pacer.take(now):
            sent += 1
        else:
            assert pacer.next_at(now) > now
            now = pacer.next_at(now)

    assert 200 <= sent <= 206


def test_a_pause_is_no_credit_for_a_flood() -> None:
    pacer = Pacer()
    pacer.take(0.0)

    assert sum(pacer.take(1000.0) for _dummy in range(50)) == 5


@pytest.mark.parametrize(("blocked_for", "interval"), [(0, 1), (9, 1), (10, 2), (59, 2), (60, 5), (9999, 5)])
def test_an_exhausted_budget_is_asked_less_and_less_often_but_every_five_seconds(
    blocked_for: float, interval: float
) -> None:
    assert budget_interval(blocked_for) == interval


def test_trouble_is_retried_ever_later_but_never_later_than_ten_seconds() -> None:
    assert [backoff(attempts) for attempts in (1, 2, 3, 4, 5, 50)] == [1, 2, 4, 8, 10, 10]
