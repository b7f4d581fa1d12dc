# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Announce
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, budget, pod

A = pod("a")


def test_beginning_and_end_of_a_drain_are_told_once_each() -> None:
    play = Play().see(A)
    assert play.told == ["DrainStarted"]
    assert play.answer(A, Meaning.GRANTED).told == []

    play.at(SETTLE_SECONDS).see()

    assert play.ending is Ending.DRAINED
    assert play.commands == [Announce(NODE, "DrainSucceeded", f"1 pod left the node in {SETTLE_SECONDS:.0f} s")]


def test_nothing_is_told_of_a_drain_that_was_refused() -> None:
    assert Play().see(A, pod("bare", owner="")).told == []


def test_each_budget_that_holds_a_drain_up_for_long_is_told_once() -> None:
    play = Play(timeout_seconds=100).see(A, budgets=(budget(),))
    while play.ending is None:
        if play.evicting:
            play.answer(A, Meaning.BUDGET)
        else:
            play.at(play.wake_at)
        if play.looks:
            play.see(A, budgets=None)

    assert [reason for reason, _at in play.announced] == ["DrainStarted", "DrainBlocked", "DrainFailed"]
    assert 15 <= play.announced[1][1] <= 18


def test_a_failed_drain_is_told_with_its_reason() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.REFUSED, "denied by webhook")

    (command,) = play.commands
    assert isinstance(command, Announce)
    assert (command.reason, command.warning) == ("DrainFailed", True)
    assert "D2-DRAIN-006 shop/a: the API refuses to evict it: denied by webhook" in command.message


def test_a_drain_that_ran_out_of_time_is_told_with_the_pods_that_are_left() -> None:
    play = Play(timeout_seconds=3).see(A)
    play.answer(A, Meaning.GRANTED)
    play.at(3.0)

    (command,) = play.commands
    assert isinstance(command, Announce)
    assert command.message == "still there after 3 s: shop/a"
