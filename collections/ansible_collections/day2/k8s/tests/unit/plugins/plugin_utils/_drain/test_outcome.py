# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.blocking import names
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult, result_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.progress import progress
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, pod

WEB, OTHER = pod("web-1"), pod("cache-1", app="cache")


def result(play: Play) -> DrainResult:
    assert play.ending is not None
    return result_of(play.state, play.node, play.now)


def blocked() -> Play:
    """Two of the three pods wait for an exhausted budget; the third is gone."""
    play = Play(timeout_seconds=20).see(WEB, pod("web-2"), OTHER, budgets=(budget(healthy=1),))
    play.answer(WEB, Meaning.BUDGET).answer(pod("web-2"), Meaning.BUDGET).answer(OTHER, Meaning.GRANTED)
    play.now = 1.0
    return play.see(WEB, pod("web-2"), budgets=None)


def test_progress_names_pods_and_what_they_wait_for() -> None:
    play = blocked()

    assert progress(play.node) == (
        "node w1: drain 1/3 pods gone; shop/web-1, shop/web-2 waiting for budget shop/web (needs 2 healthy, has 1)"
    )


def test_progress_tells_of_an_api_that_is_away() -> None:
    play = blocked().fail_to_see("connection refused")

    assert progress(play.node).endswith("the API does not answer (connection refused)")


def test_running_out_of_time_names_the_budget_its_pods_and_what_it_needs() -> None:
    play = blocked().at(20.0)

    outcome = result(play)

    assert outcome.ending is Ending.TIMED_OUT
    assert [(f.code, f.subject) for f in outcome.findings] == [("D2-DRAIN-001", "PodDisruptionBudget/shop/web")]
    message = "allows no eviction of shop/web-1, shop/web-2 on node w1 after 20 s: needs 2 healthy, has 1"
    assert outcome.findings[0].message == message
    assert outcome.state == "1 of 3 pods were evicted, 1 are gone; node w1 is cordoned, as it was before"
    assert {(p.name, p.action) for p in outcome.pods} == {
        ("cache-1", "evicted"),
        ("web-1", "blocked"),
        ("web-2", "blocked"),
    }


def test_a_pod_that_only_terminates_is_told_apart_with_its_finalizers() -> None:
    """T09"""
    stuck = pod("db-0", terminating=True, finalizers=["example.com/hold"])
    play = Play(timeout_seconds=20).see(stuck).at(20.0)

    (finding,) = result(play).findings

    assert finding.subject == "shop/db-0"
    assert "deletionTimestamp set but still on node w1 after 20 s (finalizers: example.com/hold)" in finding.message
    assert "finalizer" in finding.remedy


def test_a_pod_that_uses_its_grace_is_told_apart_from_one_held_by_a_finalizer() -> None:
    play = Play(timeout_seconds=20).see(pod("db-0", terminating=True, grace=3600)).at(20.0)

    (finding,) = result(play).findings

    assert "(grace 3600 s)" in finding.message


def test_a_busy_api_is_not_called_a_budget() -> None:
    """T05"""
    play = Play(timeout_seconds=20).see(WEB, budgets=(budget(),))
    play.answer(WEB, Meaning.BUSY, "Too many requests, please try again later.")
    play.at(20.0)

    (finding,) = result(play).findings

    assert finding.subject == "shop/web-1"
    assert "Too many requests" in finding.message


def test_an_unconfirmed_end_is_no_success() -> None:
    play = Play(timeout_seconds=2).see().at(2.0)

    (finding,) = result(play).findings

    assert finding.subject == "Node/w1"
    assert "could not be confirmed" in finding.message


def test_a_node_that_was_never_seen_says_why() -> None:
    play = Play(timeout_seconds=2).fail_to_see("connection refused").at(2.0)

    (finding,) = result(play).findings

    assert "connection refused" in finding.message


def test_a_refusal_changed_nothing_and_says_so() -> None:
    play = Play().see(WEB, pod("bare", owner=""), pod("agent", owner="DaemonSet/agent"))

    outcome = result(play)

    assert (outcome.ending, outcome.changed, outcome.state) == (Ending.REFUSED, False, "nothing was changed")
    assert {(p.name, p.action) for p in outcome.pods} == {
        ("agent", "ignored"),
        ("bare", "refused"),
        ("web-1", "waiting"),
    }


def test_a_pod_that_went_by_itself_is_not_counted_as_evicted() -> None:
    play = Play().see(pod("web-1", terminating=True)).at(6.0).see()

    outcome = result(play)

    assert [p.action for p in outcome.pods] == ["gone"]
    assert not outcome.changed


def test_long_lists_of_pods_are_cut_in_texts() -> None:
    assert names(pod(f"p{number}") for number in range(7)) == "shop/p0, shop/p1, shop/p2, shop/p3, shop/p4 and 2 more"


def test_pods_that_were_not_asked_for_are_held_up_by_the_budget_that_said_no_to_another() -> None:
    play = Play(timeout_seconds=20).see(WEB, pod("web-2"), budgets=(budget(),))
    play.answer(WEB, Meaning.BUDGET).at(20.0)

    outcome = result(play)

    assert [finding.subject for finding in outcome.findings] == ["PodDisruptionBudget/shop/web"]
    assert {p.action for p in outcome.pods} == {"blocked"}


@pytest.mark.parametrize(
    ("policy", "recommended"), [({}, True), ({"unhealthyPodEvictionPolicy": "AlwaysAllow"}, False)]
)
def test_unready_pods_under_an_exhausted_budget_make_it_recommend_to_let_them_go(
    policy: dict[str, str], recommended: bool
) -> None:
    """T30"""
    crashing = pod("web-1", ready=False)
    play = Play(timeout_seconds=20).see(crashing, budgets=(budget(healthy=1, **policy),))
    play.answer(crashing, Meaning.BUDGET).at(20.0)

    (finding,) = result(play).findings

    assert "1 of these pods are not ready" in finding.message
    assert ("unhealthyPodEvictionPolicy: AlwaysAllow" in finding.remedy) is recommended


def test_a_pod_past_its_grace_period_is_told_with_what_holds_it() -> None:
    """T09"""
    stuck = pod("db-0", terminating=True, finalizers=["example.com/hold"], grace=5)
    play = Play().see(stuck).at(6.0).see(stuck)

    assert progress(play.node).endswith("shop/db-0 past its grace period (finalizers: example.com/hold)")
