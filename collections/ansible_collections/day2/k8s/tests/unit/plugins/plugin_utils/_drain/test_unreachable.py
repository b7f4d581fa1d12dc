# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import result_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod

LONG_AGO, IN_AN_HOUR = "2026-08-07T09:00:00Z", "2026-08-07T11:00:00Z"
A = pod("a", grace=600)


def going(deletes_at: str) -> object:
    return pod("a", grace=600, terminating=True, deletes_at=deletes_at)


@pytest.mark.parametrize(("asked", "sent"), [(None, 1), (0, 0), (30, 1)])
def test_pods_of_a_node_that_is_not_heard_get_a_second(asked: int | None, sent: int) -> None:
    """T19"""
    assert Play(grace_period_seconds=asked).see(A, unreachable=True).graces == [sent]


def test_pods_whose_grace_is_over_are_not_waited_for_and_that_is_said() -> None:
    """T19"""
    stuck = pod("a", terminating=True, deletes_at=LONG_AGO)
    play = Play().see(stuck, unreachable=True)

    assert play.at(SETTLE_SECONDS).see(stuck, unreachable=True).ending is Ending.DRAINED

    result = result_of(play.state, play.node, play.now)
    assert [warning.code for warning in result.warnings] == ["D2-DRAIN-009"]
    assert "1 pods are past their grace period" in result.warnings[0].message
    assert [report.action for report in result.pods] == ["terminating"]


def test_a_pod_that_was_evicted_there_is_waited_for_as_long_as_its_second_takes() -> None:
    """T19"""
    play = Play().see(A, unreachable=True)
    play.answer(A, Meaning.GRANTED)
    running_out = pod("a", grace=600, terminating=True, deletes_at=IN_AN_HOUR)

    assert play.at(0.5).see(running_out, unreachable=True).ending is None
    assert play.at(1.0).see(running_out, unreachable=True).ending is None
    assert play.at(SETTLE_SECONDS).see(running_out, unreachable=True).ending is Ending.DRAINED


def test_its_volumes_are_not_waited_for() -> None:
    """T19"""
    play = Play(volume_detach_seconds=360).see(unreachable=True).at(SETTLE_SECONDS)
    assert not any(look.volumes for look in play.looks)

    assert play.see(unreachable=True).ending is Ending.DRAINED


def test_a_kubelet_that_is_heard_again_is_waited_for_again() -> None:
    stuck = pod("a", terminating=True, deletes_at=LONG_AGO)
    play = Play().see(stuck, unreachable=True)

    assert play.at(SETTLE_SECONDS).see(stuck).ending is None


def test_the_same_pod_on_a_node_that_is_heard_holds_the_drain_up() -> None:
    stuck = pod("a", terminating=True, deletes_at=LONG_AGO)
    play = Play(timeout_seconds=60).see(stuck)

    for second in range(1, 60):
        assert play.at(second).see(stuck).ending is None
    assert play.at(60).ending is Ending.TIMED_OUT
