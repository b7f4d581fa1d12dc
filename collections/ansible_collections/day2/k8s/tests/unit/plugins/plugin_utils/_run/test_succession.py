# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.leader_lease import LeaderLease
from ansible_collections.day2.k8s.plugins.plugin_utils._run.succession import Succession, hold
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock

BEFORE = LeaderLease("kube-scheduler", "cp1_x", "10:00", 4)
AFTER = LeaderLease("kube-scheduler", "cp2_y", "10:20", 5)


class Cluster:
    """Another leader after ``seconds``; the API is away for ``away`` seconds."""

    def __init__(self, clock: Clock, seconds: float, *, away: float = 0.0) -> None:
        self._clock = clock
        self._at = clock() + seconds
        self._back = clock() + away

    def look(self) -> LeaderLease:
        if self._clock() < self._back:
            raise AWAY
        return AFTER if self._clock() >= self._at else BEFORE


def _hold(clock: Clock, cluster: Cluster, *, seconds: float = 30) -> Succession:
    succession = hold(cluster.look, before=BEFORE, seconds=seconds, clock=clock, sleep=clock.sleep)
    assert succession is not None
    return succession


def test_another_leader_is_seen_and_the_fault_lasts_its_time_all_the_same() -> None:
    clock = Clock()
    began = clock()

    succession = _hold(clock, Cluster(clock, 14.2))

    assert (succession.holder, succession.seconds, succession.in_time) == ("cp2_y", 14.5, True)
    assert clock() - began == 30


def test_a_leader_is_waited_for_longer_than_the_fault_was_to_last() -> None:
    clock = Clock()

    assert _hold(clock, Cluster(clock, 16), seconds=10).seconds == 16


def test_one_that_comes_late_is_not_in_time() -> None:
    clock = Clock()

    assert not _hold(clock, Cluster(clock, 20)).in_time


def test_nobody_is_nobody() -> None:
    clock = Clock()

    succession = _hold(clock, Cluster(clock, 1000))

    assert (succession.holder, succession.in_time) == ("", False)


def test_an_api_that_is_away_for_a_while_is_asked_again() -> None:
    clock = Clock()

    assert _hold(clock, Cluster(clock, 1, away=5)).seconds == 5


def test_where_nobody_has_to_follow_it_is_only_waited() -> None:
    clock = Clock()
    began = clock()

    assert hold(None, before=None, seconds=30, clock=clock, sleep=clock.sleep) is None
    assert clock() - began == 30
