# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.heartbeat import Heartbeat, LockState
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock

TAKEN = Day2Error(Finding("D2-LOCK-002", "run run-1", "run run-2 has it", "why", "remedy"))


class Lock:
    """Renews, or raises what ``trouble`` says."""

    def __init__(self, clock: Clock) -> None:
        self.trouble: Exception | None = None
        self.takes_seconds = 0.0
        self._clock = clock

    def renew(self) -> None:
        self._clock.sleep(self.takes_seconds)
        if self.trouble:
            raise self.trouble


def make() -> tuple[Clock, Lock, Heartbeat]:
    clock = Clock()
    lock = Lock(clock)
    return clock, lock, Heartbeat(lock, ttl_seconds=60.0, clock=clock)


def test_the_lock_is_renewed_four_times_in_its_term() -> None:
    _dummy, _dummy, heartbeat = make()

    assert heartbeat.interval_seconds == 15.0


def test_api_trouble_shorter_than_the_term_leaves_the_lock_held() -> None:
    clock, lock, heartbeat = make()
    lock.trouble = AWAY
    clock.sleep(59)

    assert not heartbeat.beat()
    assert heartbeat.state is LockState.HELD


def test_after_a_term_without_renewal_the_lock_is_uncertain_and_not_lost() -> None:
    clock, lock, heartbeat = make()
    lock.trouble = AWAY
    clock.sleep(60)
    heartbeat.beat()

    assert heartbeat.state is LockState.UNCERTAIN


def test_a_lock_that_nobody_took_is_held_again_once_the_api_is_back() -> None:
    clock, _dummy, heartbeat = make()
    clock.sleep(300)
    before = heartbeat.state
    heartbeat.beat()

    assert [before, heartbeat.state] == [LockState.UNCERTAIN, LockState.HELD]


def test_a_lock_that_somebody_took_is_lost_for_good() -> None:
    _dummy, lock, heartbeat = make()
    lock.trouble = TAKEN
    heartbeat.beat()
    lock.trouble = None
    heartbeat.beat()

    assert heartbeat.state is LockState.LOST


def test_the_term_counts_from_before_the_request() -> None:
    clock, lock, heartbeat = make()
    lock.takes_seconds = 10.0
    heartbeat.beat()
    clock.sleep(51)

    assert heartbeat.state is LockState.UNCERTAIN
