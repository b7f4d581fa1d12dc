# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator import arbiter as subject
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.arbiter import Arbiter, Budgets, Question, Reply
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.heartbeat import LockState
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.observation import Observation
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Outcome, Verdict
from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import Halt
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Pool
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import claim, node
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock

PLAN = ("w1", "w2", "w3")


class Court:
    """An arbiter over a cluster in memory. Waiting lets the clock move on instead of the thread wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limits: Limits | None = None, **budgets: int) -> None:
        self.clock = Clock()
        self.nodes = {name: node(name) for name in PLAN}
        self.verdicts: tuple[Verdict, ...] = ()
        self.lock = LockState.HELD
        self.trouble: Exception | None = None
        self.looks = 0
        self.undrainable: dict[str, tuple[Finding, ...]] = {}
        self.foreseen: list[str] = []
        monkeypatch.setattr(threading.Condition, "wait", lambda _self, timeout: self.clock.sleep(timeout))
        self.arbiter = Arbiter(
            run_id="run-1",
            plan=PLAN,
            budgets=Budgets(limits or Limits(budgets.get("max_unavailable", 1)), budgets.get("failure_budget", 0)),
            observe=self._observe,
            foresee=self._foresee,
            claim=self._claim,
            lock_state=lambda: self.lock,
            clock=self.clock,
        )

    def ask(self, name: str, **changes: Any) -> Reply:
        defaults = {"etcd": None, "timeout_seconds": 1800.0, "wait_seconds": 0.0, "known_reason": ""}
        return self.arbiter.ask(Question(name, **{**defaults, **changes}))

    def give_back(self, name: str) -> None:
        self.nodes[name] = node(name)
        self.arbiter.given_back()

    def _observe(self, _node: str, _etcd: Any) -> Observation:
        self.looks += 1
        if self.trouble:
            raise self.trouble  # pylint: disable=raising-bad-type  # not None here
        return Observation(dict(self.nodes), self.verdicts)

    def _foresee(self, name: str, _observed: Observation) -> tuple[Finding, ...]:
        self.foreseen.append(name)
        return self.undrainable.get(name, ())

    def _claim(self, taken: Node) -> None:
        if self.trouble:
            raise self.trouble  # pylint: disable=raising-bad-type  # not None here
        self.nodes[taken.name] = node(taken.name, annotations=claim("run-1"))


@pytest.fixture
def court(monkeypatch: pytest.MonkeyPatch) -> Court:
    return Court(monkeypatch)


def answers(court: Court, names: Iterable[str]) -> list[str]:
    return [court.ask(name).answer.value for name in names]


def test_a_node_is_claimed_before_it_is_admitted(court: Court) -> None:
    assert court.ask("w1").answer is Answer.ADMITTED
    assert court.nodes["w1"].claim is not None


def test_with_a_budget_of_one_the_next_node_waits_and_hears_for_whom(court: Court) -> None:
    court.ask("w1")

    reply = court.ask("w2")

    assert reply.answer is Answer.WAIT
    assert "w1 (in hand of run run-1)" in reply.why
    assert "at most 1" in reply.why


def test_a_node_that_waits_is_admitted_when_the_other_is_given_back(court: Court) -> None:
    court.ask("w1")
    first = court.ask("w2")
    court.clock.at(7, lambda: court.give_back("w1"))

    reply = court.ask("w2", wait_seconds=30.0, known_reason=first.why)

    assert reply.answer is Answer.ADMITTED
    assert court.clock.now - 1000.0 < 30


def test_of_several_that_wait_the_first_in_the_plan_is_admitted(court: Court) -> None:
    court.ask("w1")
    assert answers(court, ["w3", "w2"]) == ["wait", "wait"]

    court.give_back("w1")

    assert court.ask("w3").why == "w2 is before it in the plan"
    assert court.ask("w2").answer is Answer.ADMITTED


def test_a_node_that_no_longer_asks_keeps_nobody_waiting(court: Court) -> None:
    court.ask("w1")
    court.ask("w2")
    court.give_back("w1")
    court.clock.sleep(subject.SILENCE_SECONDS + 1)

    assert court.ask("w3").answer is Answer.ADMITTED


def test_a_node_that_waits_too_long_is_deferred_with_the_reason(court: Court) -> None:
    court.ask("w1")
    reply = court.ask("w2", timeout_seconds=60.0)
    while reply.answer is Answer.WAIT:
        reply = court.ask("w2", timeout_seconds=60.0, wait_seconds=10.0, known_reason=reply.why)

    assert reply.answer is Answer.DEFERRED
    assert reply.why.startswith("waited 60 s: 1 node out")


def test_a_deferred_node_may_ask_again_and_waits_anew(court: Court) -> None:
    court.ask("w1")
    assert court.ask("w2", timeout_seconds=0.0).answer is Answer.DEFERRED

    assert court.ask("w2").answer is Answer.WAIT


def test_one_failed_node_more_than_the_budget_stops_all_admissions(court: Court) -> None:
    court.arbiter.failed("w1", "kubeadm failed")

    reply = court.ask("w2")

    assert reply.answer is Answer.REFUSED
    assert "failure budget is 0" in reply.why


def test_within_the_failure_budget_others_go_on_but_not_the_failed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    court = Court(monkeypatch, failure_budget=1)
    court.arbiter.failed("w1", "kubeadm failed")

    assert court.ask("w1").why == "it failed in this run already"
    assert court.ask("w2").answer is Answer.ADMITTED


def test_nobody_is_admitted_while_the_api_is_away(court: Court) -> None:
    court.trouble = AWAY

    reply = court.ask("w1")

    assert reply.answer is Answer.WAIT
    assert "connection refused" in reply.why


def test_nobody_is_admitted_while_the_lock_is_uncertain(court: Court) -> None:
    court.lock = LockState.UNCERTAIN

    assert court.ask("w1").answer is Answer.WAIT
    assert court.looks == 0


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_a_gate_that_keeps_from_passing_refuses_and_names_its_findings(court: Court, outcome: Outcome) -> None:
    finding = Finding("D2-ETCD-004", "etcd", "alarm NOSPACE is raised", "why", "remedy")
    court.verdicts = (Verdict("etcd members", outcome, (finding,)),)
    court.ask("w1")
    court.clock.sleep(subject.GATES_PATIENCE_SECONDS)

    reply = court.ask("w1")

    assert reply.answer is Answer.REFUSED
    assert "D2-ETCD-004 etcd: alarm NOSPACE is raised" in reply.why


def test_a_gate_that_does_not_pass_for_a_moment_is_waited_for(court: Court) -> None:
    court.verdicts = (Verdict("control-plane pods", Outcome.FAIL),)
    assert court.ask("w1").answer is Answer.WAIT
    court.clock.sleep(subject.GATES_PATIENCE_SECONDS - 1)
    assert court.ask("w1").answer is Answer.WAIT

    court.verdicts = ()

    assert court.ask("w1").answer is Answer.ADMITTED


def test_each_time_a_gate_stops_passing_it_is_waited_for_anew(court: Court) -> None:
    court.nodes["w3"] = node("w3", cordoned=True)
    for outcome in (Outcome.FAIL, Outcome.PASS, Outcome.FAIL):
        court.verdicts = (Verdict("control-plane pods", outcome),)
        court.ask("w1")
        court.clock.sleep(subject.GATES_PATIENCE_SECONDS - 1)

    assert court.ask("w1").answer is Answer.WAIT


def test_an_answer_that_was_lost_is_given_again(court: Court) -> None:
    court.ask("w1")

    assert court.ask("w1").answer is Answer.ADMITTED


def test_once_the_run_ends_every_answer_is_refused(court: Court) -> None:
    court.arbiter.end("ansible-playbook is gone")

    assert court.ask("w1") == Reply(Answer.REFUSED, "ansible-playbook is gone")


def test_those_behind_the_first_learn_from_its_look_why_they_wait(court: Court) -> None:
    court.ask("w1")
    court.ask("w2")
    looks = court.looks

    court.ask("w3")

    assert court.looks == looks


def test_a_claim_that_could_not_be_written_admits_nobody(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_node: Node) -> None:
        raise AWAY

    monkeypatch.setattr(court.arbiter, "_claim", refuse)

    reply = court.ask("w1")

    assert reply.answer is Answer.WAIT
    assert "claim could not be written" in reply.why


def test_a_node_that_could_never_be_drained_is_refused_and_the_next_one_admitted(court: Court) -> None:
    finding = Finding("D2-DRAIN-011", "PodDisruptionBudget/shop/db", "never allows it", "why", "lower minAvailable")
    court.undrainable["w1"] = (finding,)

    reply = court.ask("w1")

    assert reply.answer is Answer.REFUSED
    assert reply.why == ("its drain would never end: D2-DRAIN-011 PodDisruptionBudget/shop/db: never allows it")
    assert court.nodes["w1"].claim is None
    assert court.ask("w2").answer is Answer.ADMITTED


def test_drains_are_foreseen_only_of_a_node_that_is_about_to_be_taken(court: Court) -> None:
    court.ask("w1")
    court.ask("w2")
    court.ask("w3")

    assert court.foreseen == ["w1"]


def test_a_node_behind_one_that_its_pool_holds_back_is_admitted_on_a_look_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    court = Court(monkeypatch, limits=Limits(2, (Pool("db", "pool=db", 1),)))
    court.nodes |= {name: node(name, labels={"pool": "db"}) for name in ("w1", "w2")}
    court.nodes["w1"] = node("w1", labels={"pool": "db"}, annotations=claim("run-1"))
    assert court.ask("w2").answer is Answer.WAIT
    looks = court.looks

    assert court.ask("w3").answer is Answer.ADMITTED
    assert court.looks == looks + 1, "it was not admitted on what was seen for w2"


HALT = Halt("anna@ops1", "2026-08-07T10:15:00Z", "orders are slow")


def test_a_halt_makes_everybody_wait_without_a_look_at_the_cluster(court: Court) -> None:
    court.arbiter.halt(HALT)

    assert court.ask("w1") == Reply(Answer.WAIT, "halted by anna@ops1 at 2026-08-07T10:15:00Z: orders are slow")
    assert court.looks == 0


def test_a_halt_that_is_taken_back_admits_again(court: Court) -> None:
    court.arbiter.halt(HALT)
    court.ask("w1")
    court.arbiter.halt(None)

    assert court.ask("w1").answer is Answer.ADMITTED


def test_a_halt_that_nobody_takes_back_ends_the_run_for_all_at_once(court: Court) -> None:
    court.arbiter.halt(HALT)

    first = court.ask("w1", timeout_seconds=60.0, wait_seconds=100.0, known_reason=str(HALT))
    second = court.ask("w2", timeout_seconds=60.0)

    assert (first.answer, second.answer) == (Answer.REFUSED, Answer.REFUSED)
    assert first.why == f"waited 60 s: {HALT}"
    assert second.why == f"the run was {HALT}"
