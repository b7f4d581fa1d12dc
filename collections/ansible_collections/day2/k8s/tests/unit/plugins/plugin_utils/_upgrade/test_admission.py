# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Outcome, Severity, Verdict
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.admission import (
    Admitted,
    Decision,
    Refused,
    Request,
    View,
    Wait,
    decide,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Pool
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import claim, journal, node, own_cordon

FINDING = Finding("D2-ETCD-003", "cp1", "etcd member is not healthy", "quorum", "look at etcd on cp1")


def ask(
    name: str = "w1",
    *,
    nodes: Iterable[Node] | None = None,
    run: str = "run-2",
    max_unavailable: int = 1,
    **view: Any,
) -> Decision:
    """Node ``name`` asks run-2, in a cluster of three healthy workers unless said otherwise."""
    seen = [node("w1"), node("w2"), node("w3")] if nodes is None else list(nodes)
    defaults = {"verdicts": (), "waiting": (name,), "limits": Limits(max_unavailable)}
    return decide(Request(name, run), View(**{"nodes": {n.name: n for n in seen}, **defaults, **view}))


def verdict(outcome: Outcome, *findings: Finding) -> tuple[Verdict, ...]:
    return (Verdict("nodes ready", Outcome.PASS), Verdict("etcd members", outcome, findings))


def test_a_node_is_admitted_when_nothing_stands_in_its_way() -> None:
    assert ask() == Admitted()


@pytest.mark.parametrize(
    "other",
    [
        node("w2", ready=False),
        node("w2", ready=None),
        node("w2", cordoned=True),
        node("w2", annotations=claim("run-2")),
        node("w2", annotations=claim("of-somebody-else")),
        node("w2", cordoned=True, annotations=own_cordon("run-1")),
    ],
)
def test_whoever_is_out_uses_up_the_budget(other: Node) -> None:
    decision = ask(nodes=[node("w1"), other])

    assert isinstance(decision, Wait)
    assert "w2" in decision.why
    assert ask(nodes=[node("w1"), other], max_unavailable=2) == Admitted()


def test_the_node_in_hand_is_not_counted_itself() -> None:
    assert ask(nodes=[node("w1", ready=False, cordoned=True), node("w2")]) == Admitted()


def test_a_claim_of_this_run_is_answered_as_before() -> None:
    mine = [node("w1", annotations=claim("run-2")), node("w2", ready=False)]

    assert ask(nodes=mine) == Admitted()


def test_nodes_that_an_earlier_run_left_do_not_hold_each_other_up() -> None:
    left = [node(name, cordoned=True, annotations=own_cordon("run-1")) for name in ("w1", "w2")]

    assert ask(nodes=left) == Admitted()


def test_but_they_hold_up_fresh_nodes_and_are_held_up_by_those_in_hand() -> None:
    left = node("w2", cordoned=True, annotations=own_cordon("run-1"))

    assert isinstance(ask(nodes=[node("w1"), left]), Wait)
    assert isinstance(ask("w2", nodes=[node("w1", annotations=claim("run-2")), left]), Wait)


def test_a_node_that_only_failed_before_and_serves_again_is_not_out() -> None:
    assert ask(nodes=[node("w1"), node("w2", annotations=journal("run-1", state="failed"))]) == Admitted()


def test_the_first_of_those_who_wait_goes_first() -> None:
    assert ask("w1", waiting=("w1", "w2")) == Admitted()
    assert ask("w2", waiting=("w1", "w2")) == Wait("w1 is before it in the plan")


def test_without_a_view_of_the_cluster_nobody_is_admitted() -> None:
    decision = decide(Request("w1", "run-2"), View(nodes=None, verdicts=(), waiting=("w1",), limits=Limits()))

    assert isinstance(decision, Wait)


def test_a_record_that_cannot_be_read_makes_the_view_unknown() -> None:
    unreadable = node("w2", annotations={Claim.key: '{"schema":99}'})

    decision = ask(nodes=[node("w1"), unreadable])

    assert isinstance(decision, Wait)
    assert "unknown" in decision.why


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_a_gate_that_does_not_pass_refuses_with_its_findings(outcome: Outcome) -> None:
    decision = ask(verdicts=verdict(outcome, FINDING))

    assert isinstance(decision, Refused)
    assert "etcd members" in decision.why
    assert decision.findings == (FINDING,)


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_a_gate_that_does_not_pass_may_be_waited_for_and_never_admits(outcome: Outcome) -> None:
    assert isinstance(ask(verdicts=verdict(outcome, FINDING), gates_awaited=True), Wait)


def test_warnings_of_a_gate_admit() -> None:
    warning = Finding("D2-NODE-007", "w9", "worker is not Ready", "why", "do", Severity.WARNING)

    assert ask(verdicts=verdict(Outcome.PASS, warning)) == Admitted()


@pytest.mark.parametrize(("failures", "budget", "admitted"), [(0, 0, True), (1, 0, False), (1, 1, True), (2, 1, False)])
def test_more_failures_than_the_budget_end_the_admissions(failures: int, budget: int, admitted: bool) -> None:
    decision = ask(failures=failures, failure_budget=budget)

    assert isinstance(decision, Admitted if admitted else Refused)


def test_a_halted_run_admits_nobody_until_that_is_taken_back() -> None:
    assert ask(halt="halted by anna") == Wait("halted by anna")


def test_a_halt_does_not_hide_that_the_run_is_over() -> None:
    assert isinstance(ask(halt="halted by anna", failures=1), Refused)


def test_a_node_that_left_the_cluster_is_refused() -> None:
    assert isinstance(ask("w9", waiting=("w9",)), Refused)


class TestPoolsAndZones:
    NODES = (
        node("w1", zone="a", labels={"pool": "db"}),
        node("w2", zone="a", labels={"pool": "db"}, annotations=claim("run-2")),
        node("w3", zone="b"),
    )

    def test_a_pool_holds_its_own_nodes_back_and_no_others(self) -> None:
        limits = Limits(3, (Pool("db", "pool=db", 1),))

        held_back = ask("w1", nodes=self.NODES, limits=limits, waiting=("w1", "w3"))

        assert isinstance(held_back, Wait)
        assert held_back.why.startswith("1 node of pool db out, at most 1 may be: w2")
        assert ask("w3", nodes=self.NODES, limits=limits, waiting=("w1", "w3")) == Admitted()

    def test_a_zone_waits_for_the_other(self) -> None:
        limits = Limits(3, one_zone_at_a_time=True)

        held_back = ask("w3", nodes=self.NODES, limits=limits)

        assert isinstance(held_back, Wait)
        assert held_back.why.startswith("zone a has nodes out, and zones go one at a time")
        assert ask("w1", nodes=self.NODES, limits=limits, waiting=("w3", "w1")) == Admitted()


def test_a_node_that_could_never_be_drained_is_refused_and_left_alone() -> None:
    finding = Finding("D2-DRAIN-005", "shop/web-1", "is covered by several budgets", "why", "do")

    decision = ask(undrainable=(finding,))

    assert decision == Refused("its drain would never end", (finding,))
