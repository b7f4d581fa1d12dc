# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

from ansible_collections.day2.k8s.plugins.plugin_utils._report.availability import Availability, Sample, summarise


def sample(second: float, *, ok: bool = True, seconds: float = 0.02, series: str = "new", error: str = "") -> Sample:
    minute, rest = divmod(second, 60)
    return Sample(f"2026-03-01T12:{int(minute):02d}:{rest:06.3f}Z", series, seconds, ok, error)


def summary(*samples: Sample) -> Availability:
    (found,) = summarise(samples)
    return found


def test_without_samples_nothing_is_known() -> None:
    assert summarise([]) == ()


def test_requests_that_all_succeed_leave_no_gap() -> None:
    found = summary(*(sample(n) for n in range(60)))

    assert (found.requests, found.failures, found.slow, found.gaps) == (60, 0, 0, ())
    assert found.longest_gap_seconds == 0.0


def test_a_gap_lasts_from_the_first_failing_start_to_the_next_start_that_succeeds() -> None:
    found = summary(sample(1), sample(2, ok=False), sample(3, ok=False), sample(4, ok=False), sample(5))

    (gap,) = found.gaps
    assert (gap.began_at, gap.seconds, gap.failures) == ("2026-03-01T12:00:02.000Z", 3.0, 3)


def test_a_request_that_timed_out_counts_when_it_started() -> None:
    """Its failure is known ten seconds later, when others have succeeded already."""
    found = summary(sample(1), sample(3), sample(4), sample(2, ok=False, seconds=10.0))

    assert found.gaps[0].seconds == 1.0


def test_a_gap_that_lasts_to_the_end_ends_with_its_last_request() -> None:
    found = summary(sample(1), sample(2, ok=False), sample(3, ok=False, seconds=10.0))

    assert found.gap_seconds == 11.0


def test_gaps_are_added_up_and_the_longest_is_named() -> None:
    failing = {2, 10, 11, 12}
    found = summary(*(sample(n, ok=n not in failing) for n in range(20)))

    assert (found.gap_seconds, found.longest_gap_seconds) == (4.0, 3.0)


def test_slow_answers_are_counted_and_are_no_failures() -> None:
    found = summary(sample(1, seconds=1.0), sample(2, seconds=1.001), sample(3, ok=False, seconds=10.0))

    assert (found.slow, found.failures) == (1, 1)


def test_reconnects_are_counted_and_are_no_failures_when_they_helped() -> None:
    helped = replace(sample(1), reconnected=True)
    in_vain = replace(sample(2, ok=False), reconnected=True)

    found = summary(helped, in_vain, sample(3))

    assert (found.reconnects, found.failures) == (2, 1)
    assert found.to_dict()["reconnects"] == 2


def test_series_are_summed_up_apart() -> None:
    found = summarise([sample(1, series="reused", ok=False), sample(1, series="new")])

    assert [(series.series, series.failures) for series in found] == [("new", 0), ("reused", 1)]


def test_what_clients_use_comes_before_each_api_server() -> None:
    found = summarise([sample(1, series=name) for name in ("cp1 new", "reused", "cp1 reused", "new")])

    assert [series.series for series in found] == ["new", "reused", "cp1 new", "cp1 reused"]


def test_a_sample_survives_its_way_through_a_file() -> None:
    taken = replace(sample(7, ok=False, error="ApiError: connection refused"), reconnected=True)

    assert Sample.from_dict(taken.to_dict()) == taken


def test_an_api_server_that_does_not_answer_while_its_node_is_isolated_is_counted_apart() -> None:
    noon = sample(0).started.timestamp()
    isolated = {"cp1": [(noon + 10, noon + 20)]}
    taken = [
        sample(n, ok=n not in (5, 12, 13), series=name) for n in range(30) for name in ("cp1 new", "cp2 new", "new")
    ]

    clients, isolated_server, other = summarise(taken, isolated)

    assert (clients.failures, clients.while_isolated) == (3, 0)
    assert (isolated_server.series, isolated_server.requests) == ("cp1 new", 30)
    assert (isolated_server.failures, isolated_server.while_isolated, len(isolated_server.gaps)) == (1, 2, 1)
    assert (other.failures, other.while_isolated) == (3, 0)
    assert isolated_server.to_dict()["while_isolated"] == 2
