# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import result_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Look
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rules import parse
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, budget, pod

WEB, DB, DNS = pod("web"), pod("db", claims=["data"]), pod("dns", priority=2_000_000_000)
GOING_WEB = pod("web", terminating=True)


def test_pods_of_a_later_order_are_not_touched_until_the_earlier_ones_are_gone() -> None:
    """T26"""
    play = Play().see(WEB, DB, DNS)
    assert play.evicting == ["web"]

    assert play.answer(WEB, Meaning.GRANTED).evicting == []
    assert play.at(1.0).see(GOING_WEB, DB, DNS).evicting == []
    assert play.at(2.0).see(DB, DNS).evicting == ["db"]

    play.answer(DB, Meaning.GRANTED)
    assert play.at(3.0).see(DNS).evicting == ["dns"]


def test_that_an_order_is_gone_has_to_be_certain_before_the_next_one_is_touched() -> None:
    """T26"""
    play = Play().see(WEB, DB)
    play.answer(WEB, Meaning.GRANTED)

    play.at(1.0).see(DB, cordoned=None, consistent=False)

    assert (play.evicting, play.looks) == ([], [Look(NODE, consistent=True)])
    assert play.see(DB, cordoned=None).evicting == ["db"]


def test_a_budget_that_holds_up_an_earlier_order_holds_up_the_later_ones() -> None:
    play = Play(timeout_seconds=60).see(WEB, DB, budgets=(budget(selector={"matchLabels": {"app": "web"}}),))
    play.answer(WEB, Meaning.BUDGET)

    assert play.at(1.0).evicting == ["web"]
    play.answer(WEB, Meaning.BUDGET)
    assert play.at(60.0).ending is Ending.TIMED_OUT

    result = result_of(play.state, play.node, play.now)
    assert [finding.subject for finding in result.findings] == ["PodDisruptionBudget/shop/web"]
    assert {report.name: report.action for report in result.pods} == {"web": "blocked", "db": "waiting"}


def test_the_order_of_evictions_is_the_same_however_the_server_lists_the_pods() -> None:
    """T26"""
    orders = []
    for listed in itertools.permutations([WEB, pod("app"), DB, DNS]):
        play, evicted = Play().see(*listed), []
        left = list(listed)
        while play.evicting:
            gone = play.evicting
            evicted += gone
            for name in gone:
                play.answer(pod(name), Meaning.GRANTED)
            left = [one for one in left if one.name not in gone]
            play.see(*left)
        orders.append(evicted)

    assert all(order == ["app", "web", "db", "dns"] for order in orders)


def test_a_rule_moves_a_pod_to_another_turn() -> None:
    rules = parse([{"pod_selector": "app=search", "order": 50}])
    play = Play(rules=rules).see(pod("search", app="search"), WEB, DB)
    assert play.evicting == ["web"]
    play.answer(WEB, Meaning.GRANTED)

    assert play.see(pod("search", app="search"), DB).evicting == ["search"]


def test_a_pod_that_a_rule_skips_stays_and_ends_the_drain_all_the_same() -> None:
    play = Play(rules=parse([{"namespaces": ["shop"], "action": "skip"}]))
    bare = pod("web", owner="")

    play.see(bare)
    assert play.at(SETTLE_SECONDS).see(bare).ending is Ending.DRAINED

    (report,) = result_of(play.state, play.node, play.now).pods
    assert (report.action, report.reason) == ("ignored", "left where it is by a rule")


def test_a_rule_gives_no_permission() -> None:
    play = Play(rules=parse([{"namespaces": ["shop"], "order": 7}])).see(pod("web", owner=""))

    assert play.ending is Ending.REFUSED


def test_a_pod_that_has_to_complete_is_waited_for_and_then_removed() -> None:
    play = Play(rules=parse([{"pod_selector": "app=batch", "action": "wait_completed"}]))
    running = pod("batch", app="batch", owner="Job/batch", empty_dirs=["scratch"])

    play.see(running, DB)
    assert play.evicting == []
    assert play.at(5.0).looks
    assert play.see(running, DB).evicting == []
    assert play.at(10.0).see(pod("batch", app="batch", phase="Succeeded"), DB).evicting == ["batch"]
    play.answer(running, Meaning.GRANTED)

    assert play.see(DB).evicting == ["db"]


def test_a_pod_that_never_completes_runs_out_of_time_and_is_named() -> None:
    rules = parse([{"pod_selector": "app=batch", "action": "wait_completed"}])
    play = Play(timeout_seconds=20, rules=rules).see(pod("batch", app="batch")).at(20.0)

    result = result_of(play.state, play.node, play.now)

    assert result.ending is Ending.TIMED_OUT
    assert [report.action for report in result.pods] == ["completing"]
    assert "has not completed on node w1 after 20 s" in result.findings[0].message
