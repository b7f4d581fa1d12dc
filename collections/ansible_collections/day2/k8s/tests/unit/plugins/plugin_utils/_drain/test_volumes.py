# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import result_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.progress import progress
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Look
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, pod

DB = pod("db", claims=["data"])


def emptied(**options: float) -> Play:
    """The node's pods are gone, and the look that is to say so is under way."""
    play = Play(volume_detach_seconds=60, **options).see(DB)
    play.answer(DB, Meaning.GRANTED)
    return play.at(SETTLE_SECONDS).see(cordoned=None).at(SETTLE_SECONDS)


def test_the_look_that_may_end_a_drain_asks_for_the_volumes() -> None:
    assert emptied().looks == [Look(NODE, consistent=True, condition=True, volumes=True)]


def test_a_node_without_attached_volumes_is_drained() -> None:
    """T25"""
    assert emptied().see(volumes=()).ending is Ending.DRAINED


def test_volumes_are_waited_for_after_the_pods_are_gone() -> None:
    """T25"""
    play = emptied().see(volumes=("pv-1",))
    assert play.ending is None
    assert progress(play.node) == "node w1: drain 1/1 pods gone; volumes to be detached: pv-1"

    assert play.at(play.wake_at).looks[0].volumes
    assert play.see(volumes=()).ending is Ending.DRAINED


def test_volumes_that_stay_attached_fail_the_drain_by_name_when_their_own_time_is_over() -> None:
    """T25"""
    play = emptied(timeout_seconds=10).see(volumes=("pv-1",))
    while play.ending is None:
        assert play.wake_at > play.now
        play.at(play.wake_at)
        if play.looks:
            play.see(volumes=("pv-1",))

    assert (play.ending, play.now) == (Ending.FAILED, SETTLE_SECONDS + 60)
    (finding,) = result_of(play.state, play.node, play.now).findings
    assert (finding.code, finding.subject) == ("D2-DRAIN-010", "Node/w1")
    assert "60 s after the last pod was gone: pv-1" in finding.message


def test_a_pod_that_comes_while_volumes_are_waited_for_is_evicted_as_well() -> None:
    late = pod("late", owner="ReplicaSet/other")

    assert emptied().see(volumes=("pv-1",)).see(late, volumes=()).evicting == ["late"]


def test_nobody_waits_where_no_time_was_given() -> None:
    play = Play(volume_detach_seconds=0).see().at(SETTLE_SECONDS)

    assert play.looks == [Look(NODE, consistent=True, condition=True)]
    assert play.see().ending is Ending.DRAINED
