# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, pod

ONE, TWO = "w1", "w2"
A, B = pod("a", node=ONE), pod("b", node=TWO)
NO_SUCH_NODE = Finding(code="D2-NODE-001", subject="Node/w2", message="any", why="any", remedy="any")


def two(**options: object) -> Play:
    return Play(names=(ONE, TWO), **options)  # type: ignore[arg-type] # options of a drain


def test_all_nodes_are_looked_at_before_anything_is_touched_and_budgets_are_listed_once() -> None:
    play = two()

    assert [(look.node, look.budgets) for look in play.looks] == [(ONE, True), (TWO, False)]
    assert play.see(A, cordoned=False).cordons == []


def test_a_pod_that_may_not_be_evicted_refuses_the_drain_of_all_nodes() -> None:
    play = two().see(A, cordoned=False)

    play.see(pod("bare", owner="", node=TWO), node=TWO, cordoned=False)

    assert play.endings == {ONE: Ending.REFUSED, TWO: Ending.REFUSED}
    assert play.commands == []


def test_everything_that_refuses_the_drain_is_said_at_once() -> None:
    play = two().see(pod("bare", owner="", node=ONE), cordoned=False)
    assert play.ending is None

    play.see(pod("bare", owner="", node=TWO), node=TWO, cordoned=False)

    assert play.codes == ["D2-DRAIN-002", "D2-DRAIN-002"]


def test_all_nodes_are_cordoned_before_the_first_eviction() -> None:
    play = two().see(A, cordoned=False).see(B, node=TWO, cordoned=False)
    assert (play.cordons, play.evicting) == ([ONE, TWO], [])

    assert play.cordoned(A).evicting == []
    assert play.cordoned(B, node=TWO).evicting == ["a", "b"]


def test_a_cordon_that_is_lifted_on_one_node_holds_up_only_that_one() -> None:
    play = two().see(A).see(B, node=TWO)
    play.answer(A, Meaning.BUSY)
    play.answer(B, Meaning.BUSY, node=TWO)
    play.now = 1.0

    assert play.see(A, cordoned=False).evicting == ["b"]


def test_two_nodes_share_the_turns_of_one_budget() -> None:
    play = two().see(A, pod("a2", node=ONE), budgets=(budget(),)).see(B, node=TWO, budgets=None)
    tried = []
    for second in range(1, 8):
        assert len(play.evicting) == 1
        tried += play.evicting
        one = pod(play.evicting[0], node=TWO if play.evicting == ["b"] else ONE)
        play.answer(one, Meaning.BUDGET, node=one.node)
        play.at(second)

    assert tried == ["a", "a2", "b", "a", "a2", "b", "a"]


def test_two_nodes_share_one_pace() -> None:
    play = two(pace=20)
    play.see(*(pod(f"a{n}", node=ONE) for n in range(20)))
    play.see(*(pod(f"b{n}", node=TWO) for n in range(20)), node=TWO)
    sent = len(play.evicting)
    while sent < 16:
        play.at(play.wake_at)
        sent += len(play.evicting)

    assert play.now >= (16 - 2) / 20


def test_a_node_that_fails_after_the_beginning_leaves_the_others_to_be_drained() -> None:
    play = two().see(A).see(B, node=TWO)
    play.answer(A, Meaning.REFUSED, "no")
    play.answer(B, Meaning.GRANTED, node=TWO)
    assert play.endings == {ONE: Ending.FAILED, TWO: None}

    play.at(SETTLE_SECONDS).see(node=TWO)

    assert play.endings == {ONE: Ending.FAILED, TWO: Ending.DRAINED}


def test_a_node_that_does_not_exist_refuses_all() -> None:
    play = two().see(A, cordoned=False).lose(NO_SUCH_NODE, node=TWO)

    assert set(play.endings.values()) == {Ending.REFUSED}
    assert play.codes == ["D2-NODE-001"]


def test_a_node_that_vanishes_on_the_way_fails_alone() -> None:
    play = two().see(A).see(B, node=TWO)
    play.answer(A, Meaning.GRANTED).answer(B, Meaning.GRANTED, node=TWO)

    play.at(1.0).lose(NO_SUCH_NODE, node=TWO)

    assert play.endings == {ONE: None, TWO: Ending.FAILED}


@pytest.mark.parametrize("names", [(ONE,), (ONE, TWO)])
def test_an_engine_that_cannot_look_does_not_spin(names: tuple[str, ...]) -> None:
    play = Play(names=names, timeout_seconds=60).see(A, cordoned=False)
    turns = 0
    while None in play.endings.values():
        play.at(play.wake_at)
        for command in list(play.commands):
            if command in play.looks or command.node in play.cordons:
                play.fail_to_see(node=command.node)
        turns += 1

    assert turns < 100
