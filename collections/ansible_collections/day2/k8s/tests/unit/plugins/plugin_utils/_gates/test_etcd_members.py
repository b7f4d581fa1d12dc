# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.etcd_members import EtcdMembers
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, Verdict
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd, EtcdMember
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    control_plane_host,
    control_plane_node,
    etcd,
    member,
    snapshot,
)

HEALTHY = (member("cp1", leader=True), member("cp2"), member("cp3"))
SICK = {"healthy": False, "error": "linearizable read timed out"}


def evaluate(*views: Etcd | None, nodes: tuple[str, ...] = ("cp1", "cp2", "cp3"), in_hand: str = "") -> Verdict:
    """Each view is what one control-plane host sees."""
    taken = snapshot(
        [control_plane_node(name) for name in nodes],
        [control_plane_host(name, etcd=view) for name, view in zip(nodes, views, strict=False)],
    )
    return EtcdMembers().evaluate(taken, frozenset(in_hand.split()))


def told(verdict: Verdict) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in verdict.findings]


@pytest.mark.parametrize("in_hand", ["", "cp1", "cp2"])
def test_three_healthy_members_bear_the_loss_of_any(in_hand: str) -> None:
    assert evaluate(etcd(*HEALTHY), in_hand=in_hand) == Verdict("etcd members", Outcome.PASS)


def test_a_single_member_has_no_quorum_to_lose() -> None:
    assert evaluate(etcd(member("cp1", leader=True)), nodes=("cp1",), in_hand="cp1").outcome is Outcome.PASS


def test_two_members_are_refused() -> None:
    verdict = evaluate(etcd(member("cp1"), member("cp2")), nodes=("cp1", "cp2"))

    assert told(verdict) == [("D2-ETCD-002", "etcd")]
    assert verdict.outcome is Outcome.FAIL


def test_an_unhealthy_member_refuses_the_others_with_the_arithmetic() -> None:
    verdict = evaluate(etcd(member("cp1", **SICK), member("cp2"), member("cp3")), in_hand="cp3")

    assert told(verdict) == [("D2-ETCD-003", "cp1")]
    assert "linearizable read timed out" in verdict.findings[0].message
    assert verdict.findings[0].why == "taking another one leaves 1 of 3 voters; quorum needs 2"


def test_the_member_in_hand_may_be_the_unhealthy_one() -> None:
    assert evaluate(etcd(member("cp1", **SICK), member("cp2"), member("cp3")), in_hand="cp1").outcome is Outcome.PASS


def test_an_unhealthy_member_in_hand_excuses_itself_and_not_the_next_one() -> None:
    sick = etcd(member("cp1", **SICK), member("cp2", **SICK), member("cp3"))

    assert told(evaluate(sick, in_hand="cp1")) == [("D2-ETCD-003", "cp2")]


def test_five_members_with_two_unhealthy_in_hand_keep_their_quorum() -> None:
    nodes = tuple(f"cp{number}" for number in range(1, 6))
    members = [member(name, **(SICK if name in ("cp1", "cp2") else {})) for name in nodes]

    assert evaluate(etcd(*members), nodes=nodes, in_hand="cp1 cp2").outcome is Outcome.PASS


def test_a_quorum_that_no_node_in_hand_leaves_intact_is_refused() -> None:
    members = [member("cp1", **SICK), member("cp2", **SICK), member("cp3")]

    verdict = evaluate(etcd(*members), in_hand="cp1 cp2")

    assert told(verdict) == [("D2-ETCD-003", "cp1")]
    assert "quorum needs 2" in verdict.findings[0].why


def test_a_member_is_healthy_only_if_every_host_says_so() -> None:
    verdict = evaluate(etcd(*HEALTHY), etcd(member("cp1"), member("cp2"), member("cp3", **SICK)))

    assert told(verdict) == [("D2-ETCD-003", "cp3")]
    assert "asked from cp2" in verdict.findings[0].message


@pytest.mark.parametrize(("alarm", "hint"), [("NOSPACE", "defragment"), ("CORRUPT", "replace"), ("OTHER", "etcdctl")])
def test_any_alarm_refuses_with_its_remedy(alarm: str, hint: str) -> None:
    verdict = evaluate(etcd(*HEALTHY, alarms=[alarm]), etcd(*HEALTHY, alarms=[alarm]))

    assert told(verdict) == [("D2-ETCD-004", "etcd")]
    assert alarm in verdict.findings[0].message
    assert hint in verdict.findings[0].remedy


@pytest.mark.parametrize(
    ("changed", "words"),
    [(member("cp3", learner=True), "learner"), (member("", id="9f", started=False), "never started")],
)
def test_a_membership_that_is_being_changed_refuses(changed: EtcdMember, words: str) -> None:
    verdict = evaluate(etcd(member("cp1"), member("cp2"), member("cp4"), changed), nodes=("cp1", "cp2", "cp3", "cp4"))

    finding = next(finding for finding in verdict.findings if finding.code == "D2-ETCD-005")
    assert words in finding.message
    assert verdict.outcome is Outcome.FAIL


def test_members_have_to_be_the_control_plane_nodes() -> None:
    verdict = evaluate(etcd(member("cp1"), member("cp2"), member("old")))

    assert told(verdict) == [("D2-ETCD-006", "old"), ("D2-ETCD-006", "cp3")]


def test_what_nobody_could_say_is_unknown() -> None:
    verdict = evaluate(None, None, None)

    assert told(verdict) == [("D2-ETCD-007", "etcd")]
    assert verdict.outcome is Outcome.UNKNOWN


def test_one_host_that_could_say_is_enough() -> None:
    assert evaluate(None, etcd(*HEALTHY), None).outcome is Outcome.PASS


def test_external_etcd_is_not_its_question() -> None:
    taken = snapshot([control_plane_node("cp1")], [control_plane_host("cp1")], external_etcd=True)

    assert not EtcdMembers().applies(taken)
