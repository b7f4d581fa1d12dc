# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.pacing import (
    Pacer,
    backoff,
    budget_interval,
    ending_interval,
    jittered,
)


def sent(pacer: Pacer, until: float) -> list[float]:
    """When evictions were sent by somebody who always has one to send."""
    now, times = 0.0, []
    while now < until:
        if pacer.take(now):
            times.append(now)
        else:
            assert pacer.next_at(now) > now
            now = pacer.next_at(now)
    return times


def test_no_second_has_more_than_twenty_evictions() -> None:
    times = sent(Pacer(), 10)

    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 20
    assert len(times) >= 180


def test_a_turn_that_came_late_is_made_up_for_within_the_pace() -> None:
    pacer = Pacer()
    pacer.take(0.0)

    assert sum(pacer.take(1000.0) for _dummy in range(50)) == 2


def test_ten_drains_side_by_side_with_a_tenth_of_the_pace_each_keep_to_it_together() -> None:
    times = sorted(at for _dummy in range(10) for at in sent(Pacer(2.0), 60))

    assert len([at for at in times if at >= 1]) / 59 <= 20


@pytest.mark.parametrize(("blocked_for", "interval"), [(0, 1), (9, 1), (10, 2), (59, 2), (60, 5), (9999, 5)])
def test_an_exhausted_budget_is_asked_less_and_less_often_but_every_five_seconds(
    blocked_for: float, interval: float
) -> None:
    assert budget_interval(blocked_for) == interval


def test_trouble_is_retried_ever_later_but_never_later_than_ten_seconds() -> None:
    assert [backoff(attempts) for attempts in (1, 2, 3, 4, 5, 50)] == [1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    ("seconds", "retry_after", "draw", "waits"),
    [(4, None, 0.0, 4), (4, None, 1.0, 3), (1, 10, 0.0, 10), (1, 10, 1.0, 12.5), (5, 1, 1.0, 3.75)],
)
def test_a_wait_varies_but_is_never_shorter_than_the_server_asked_for(
    seconds: float, retry_after: float | None, draw: float, waits: float
) -> None:
    assert jittered(seconds, retry_after, draw) == waits


@pytest.mark.parametrize(
    ("ending_for", "grace_left", "interval"),
    [(0, 30, 1), (4.9, 600, 1), (5, 600, 2), (28.5, 1.5, 1), (30, 0, 1), (39, -9, 1), (41, -11, 5)],
)
def test_a_pod_is_looked_at_when_it_is_likely_to_be_gone(ending_for: float, grace_left: float, interval: float) -> None:
    assert ending_interval(ending_for, grace_left) == interval
