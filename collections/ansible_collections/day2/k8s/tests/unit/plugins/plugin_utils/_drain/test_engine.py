# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.engine import PARALLEL_EVICTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Look
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, budget, pod

A, B, C = pod("a"), pod("b"), pod("c")
GOING_A = pod("a", terminating=True)


def test_everything_begins_with_a_thorough_look() -> None:
    assert Play().commands == [Look(NODE, consistent=True, condition=True, budgets=True)]


# Before anything is touched


def test_one_pod_that_may_not_be_evicted_refuses_the_whole_drain() -> None:
    play = Play().see(A, pod("bare", owner=""), cordoned=False)

    assert play.ending is Ending.REFUSED
    assert play.commands == []
    assert play.codes == ["D2-DRAIN-002"]


def test_two_budgets_on_one_pod_refuse_the_drain_naming_both() -> None:
    """T04"""
    play = Play().see(A, budgets=(budget("two"), budget("one")))

    assert play.ending is Ending.REFUSED
    assert play.codes == ["D2-DRAIN-005"]
    assert "shop/one, shop/two" in play.node.failures[0].message


def test_two_budgets_do_not_matter_where_the_server_asks_none() -> None:
    play = Play().see(pod("a", phase="Pending"), budgets=(budget("two"), budget("one")))

    assert play.evicting == ["a"]


def test_an_uncordoned_node_is_cordoned_before_the_first_eviction() -> None:
    play = Play().see(A, cordoned=False)

    assert (play.cordons, play.evicting) == ([NODE], [])
    assert play.cordon().evicting == ["a"]


def test_a_node_whose_cordon_took_long_is_looked_at_again_before_the_first_eviction() -> None:
    play = Play().see(A, cordoned=False)
    play.now = 2.0

    assert play.cordon().evicting == []
    assert play.looks == [Look(NODE, consistent=True)]
    assert play.see(A, pod("bare", owner=""), cordoned=None).ending is Ending.FAILED


# Evicting


def test_unready_pods_go_first_and_then_those_with_the_longest_grace() -> None:
    """T29"""
    play = Play().see(pod("short", grace=1), pod("long", grace=600), pod("unready", ready=False), pod("mid", grace=60))

    assert play.evicting == ["unready", "long", "mid", "short"]


def test_the_order_of_equal_pods_is_always_the_same() -> None:
    assert Play().see(C, A, B).evicting == Play().see(B, C, A).evicting == ["a", "b", "c"]


def test_evictions_keep_to_the_pace_and_to_the_number_in_flight() -> None:
    pods = [pod(f"p{number:03}") for number in range(110)]
    play = Play(pace=20).see(*pods)
    sent = len(play.evicting)
    assert sent == 2

    while sent < PARALLEL_EVICTIONS:
        assert play.now < play.wake_at < play.now + 0.1
        sent += len(play.at(play.wake_at).evicting)

    assert play.at(play.now + 0.5).evicting == []
    assert play.answer(pods[0], Meaning.GRANTED).evicting == ["p016"]


def test_an_accepted_eviction_is_not_a_pod_that_is_gone() -> None:
    """T10"""
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)
    play.at(SETTLE_SECONDS + 1).see(GOING_A)

    assert play.ending is None
    assert play.evicting == []


def test_a_pod_is_gone_when_its_uid_is_whoever_has_its_name() -> None:
    """T07"""
    successor = pod("a", uid="another", owner="DaemonSet/any")
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)

    play.at(SETTLE_SECONDS).see(successor)

    assert play.ending is Ending.DRAINED


def test_a_terminating_pod_is_waited_for_and_never_evicted() -> None:
    """T18"""
    play = Play().see(GOING_A)
    assert play.evicting == []

    for second in range(1, 60):
        assert play.at(second).see(GOING_A).evicting == []


def test_a_pod_that_was_not_found_is_gone() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.GONE)

    assert play.at(SETTLE_SECONDS).see().ending is Ending.DRAINED
    assert play.node.records[A.uid].evicted is False


# Budgets


def test_an_exhausted_budget_is_tried_again_soon_but_not_at_once() -> None:
    web = budget()
    play = Play().see(A, budgets=(web,))
    play.answer(A, Meaning.BUDGET, "needs 2")

    assert play.evicting == []
    assert play.wake_at == 1.0
    assert play.at(0.5).evicting == []
    assert play.at(1.0).evicting == ["a"]


def test_pods_of_one_budget_take_turns_so_that_attempts_do_not_grow_with_their_number() -> None:
    pods = [pod(f"p{number}") for number in range(5)]
    play = Play().see(*pods, budgets=(budget(),))
    tried = []
    for second in range(1, 10):
        tried += play.evicting
        play.answer(pod(play.evicting[0]), Meaning.BUDGET).at(second)

    assert tried == ["p0", "p1", "p2", "p3", "p4", "p0", "p1", "p2", "p3"]


def test_a_budget_that_freed_is_used_at_once() -> None:
    play = Play().see(A, B, budgets=(budget(),))
    play.answer(A, Meaning.BUDGET)
    assert play.at(1.0).evicting == ["b"]

    assert play.answer(B, Meaning.GRANTED).evicting == ["a"]


def test_a_budget_that_had_something_left_is_asked_for_all_of_its_pods_at_first() -> None:
    assert Play().see(A, B, budgets=(budget(allowed=1, desired=1),)).evicting == ["a", "b"]


def test_an_exhausted_budget_holds_up_no_other_pod() -> None:
    other = pod("other", app="other")
    play = Play().see(A, budgets=(budget(),))
    play.answer(A, Meaning.BUDGET)

    assert play.see(A, other, budgets=None).evicting == ["other"]


def test_a_budget_is_asked_at_most_five_seconds_apart_for_as_long_as_it_takes() -> None:
    """T01"""
    play = Play(timeout_seconds=10_000).see(A, budgets=(budget(),))
    times = []
    play.answer(A, Meaning.BUDGET)
    while play.now < 600:
        play.at(play.wake_at)
        if play.looks:
            play.see(A, budgets=None)
        if play.evicting:
            times.append(play.now)
            play.answer(A, Meaning.BUDGET)

    assert max(later - sooner for sooner, later in itertools.pairwise(times)) <= 5
    assert len(times) <= 10 + 25 + 110


def test_the_time_that_the_server_asks_for_is_honoured() -> None:
    play = Play().see(A, budgets=(budget(),))
    play.answer(A, Meaning.BUDGET, "still being processed", retry_after=10)

    assert play.at(9.9).evicting == []
    assert play.at(10.0).evicting == ["a"]


def test_a_budget_that_was_not_known_holds_up_its_pod_alone() -> None:
    play = Play().see(A, B)
    play.answer(A, Meaning.BUDGET).answer(B, Meaning.GRANTED)

    assert play.at(4.9).evicting == []
    assert play.at(5.0).evicting == ["a"]


# Trouble


def test_a_busy_api_is_asked_ever_later_for_each_pod() -> None:
    """T05"""
    play = Play().see(A)
    waits = []
    for _dummy in range(5):
        play.answer(A, Meaning.BUSY)
        due = play.node.records[A.uid].not_before
        waits.append(due - play.now)
        play.at(due)
        assert play.evicting == ["a"]

    assert waits == [1, 2, 4, 8, 10]


def test_an_eviction_without_an_answer_is_not_repeated_before_a_certain_look() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.UNCERTAIN, "timed out")
    assert play.looks == [Look(NODE, consistent=True)]

    assert play.at(30).evicting == []
    assert play.see(A, consistent=False).evicting == []
    assert play.see(A, asked_at=0.0 - 1).evicting == []
    assert play.see(A).evicting == ["a"]


def test_an_eviction_without_an_answer_that_was_carried_out_is_not_repeated() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.UNCERTAIN, "timed out")

    for second in range(1, 30):
        assert play.at(second).see(GOING_A).evicting == []


def test_a_changed_uid_ends_the_pod() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.UNCERTAIN, "the UID in the precondition does not match")

    play.at(SETTLE_SECONDS).see(pod("a", uid="another", owner="DaemonSet/any"))

    assert play.ending is Ending.DRAINED


def test_pods_that_only_have_to_end_are_looked_at_when_the_drain_may_end() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)

    assert play.wake_at == SETTLE_SECONDS
    assert play.at(SETTLE_SECONDS).looks == [Look(NODE, consistent=True, condition=True)]
    assert play.see(GOING_A).wake_at == SETTLE_SECONDS + 1.0


def test_nobody_looks_every_second_while_only_the_pace_holds_up_evictions() -> None:
    pods = [pod(f"p{number:03}") for number in range(100)]
    play = Play(pace=20).see(*pods)
    while play.now < 4:
        for name in play.evicting:
            play.answer(pod(name), Meaning.GRANTED)
        assert play.looks == []
        play.at(play.wake_at)


def test_a_pod_that_came_late_makes_sure_that_nobody_has_lifted_the_cordon() -> None:
    play = Play().see(A, GOING_A)
    play.at(1.0).see(GOING_A, pod("late"), cordoned=None)

    assert play.at(2.0).looks[0].condition


def test_looks_that_fail_are_repeated_and_end_nothing() -> None:
    play = Play().fail_to_see()
    assert (play.ending, play.commands) == (None, [])
    assert play.wake_at == 2.0

    assert play.at(2.0).looks
    assert play.fail_to_see().at(4.0).see(A).evicting == ["a"]


@pytest.mark.parametrize(
    ("meaning", "code"),
    [
        (Meaning.SEVERAL_BUDGETS, "D2-DRAIN-005"),
        (Meaning.FORBIDDEN, "D2-CLUSTER-003"),
        (Meaning.REFUSED, "D2-DRAIN-006"),
    ],
)
def test_a_final_refusal_moves_nobody_else_and_waits_only_for_what_is_in_flight(meaning: Meaning, code: str) -> None:
    pods = [pod(f"p{number}") for number in range(8)]
    play = Play(pace=50).see(*pods)
    assert len(play.evicting) == 5
    play.answer(pods[0], meaning, "no")
    assert (play.ending, play.commands) == (None, [])
    play.now = 2.0
    for one in pods[1:5]:
        play.answer(one, Meaning.GRANTED)

    assert play.ending is Ending.FAILED
    assert play.codes == [code]
    assert play.node.records[pods[7].uid].attempts == 0


def test_a_terminating_namespace_is_waited_for() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.NAMESPACE, "shop is being terminated")

    assert play.ending is None
    assert play.node.failures == []


# The end


def test_an_empty_node_is_drained_only_after_the_settling_time() -> None:
    """T21"""
    play = Play().see()
    assert play.ending is None
    assert play.wake_at == SETTLE_SECONDS

    assert play.at(SETTLE_SECONDS).looks == [Look(NODE, consistent=True, condition=True)]
    assert play.see().ending is Ending.DRAINED


def test_the_settling_time_counts_from_the_first_look_that_saw_the_cordon() -> None:
    play = Play().see(cordoned=False)
    play.now = 3.0
    play.cordoned()

    assert play.at(SETTLE_SECONDS + 1).see().ending is None
    assert play.at(SETTLE_SECONDS + 3).see().ending is Ending.DRAINED


def test_a_list_from_a_cache_ends_no_drain() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)
    play.at(60)

    assert play.see(consistent=False).ending is None
    assert play.looks == [Look(NODE, consistent=True, condition=True)]
    assert play.see().ending is Ending.DRAINED


def test_a_pod_that_an_old_cache_had_lost_is_found_again() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.BUDGET)
    play.at(3.0).see(consistent=False)
    assert play.node.remaining() == []

    assert play.see(A).ending is None
    assert play.node.remaining() != []


def test_a_pod_bound_after_the_cordon_is_evicted_too() -> None:
    """T21"""
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)

    assert play.at(SETTLE_SECONDS).see(pod("late")).evicting == ["late"]
    assert play.ending is None


def test_a_late_pod_that_may_not_be_evicted_fails_the_drain_which_has_begun() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)

    play.at(SETTLE_SECONDS).see(pod("late", owner=""))

    assert play.ending is Ending.FAILED
    assert play.codes == ["D2-DRAIN-002"]


def test_a_lifted_cordon_is_set_again_and_starts_the_settling_time_anew() -> None:
    play = Play().see(A)
    play.answer(A, Meaning.GRANTED)
    play.at(4.0).see(GOING_A, cordoned=False)
    assert play.cordons == [NODE]
    play.cordoned(GOING_A)

    assert play.at(SETTLE_SECONDS + 1).see().ending is None
    assert play.at(SETTLE_SECONDS + 4).see().ending is Ending.DRAINED


def test_nobody_is_evicted_while_the_node_takes_pods() -> None:
    play = Play().see(A, cordoned=False)

    assert play.see(A, cordoned=False).evicting == []


def test_a_cordon_that_is_lifted_again_and_again_is_no_hot_loop() -> None:
    play = Play(timeout_seconds=60)
    turns = 0
    while play.ending is None:
        if play.cordons:
            play.cordon()
        elif play.looks:
            play.see(cordoned=False)
        else:
            play.at(play.wake_at)
        turns += 1

    assert play.ending is Ending.TIMED_OUT
    assert turns <= 60


def test_running_out_of_time_ends_the_drain_whatever_is_in_flight() -> None:
    play = Play(timeout_seconds=10).see(A)

    assert play.at(9.9).ending is None
    assert play.at(10.0).ending is Ending.TIMED_OUT


def test_there_is_always_a_reason_to_wait_and_an_end_to_it() -> None:
    """Nothing that the engine is told makes it ask to be called again at once without having done anything."""
    play = Play(timeout_seconds=300).see(A, B, GOING_A, budgets=(budget(),))
    idle = 0
    while play.ending is None:
        if play.looks:
            play.see(A, B, budgets=None)
        elif play.evicting:
            for name in play.evicting:
                play.answer(pod(name), Meaning.BUDGET)
        else:
            idle = idle + 1 if play.wake_at <= play.now else 0
            assert idle < 3
            play.at(play.wake_at)

    assert play.ending is Ending.TIMED_OUT
