# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.deprecated_api import DeprecatedApi
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Outcome, Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import Workloads
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import Result, check, judge, require_cluster
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    UID,
    cluster,
    control_plane_host,
    control_plane_node,
    etcd,
    host,
    intent,
    journal,
    member,
    node,
    without,
)


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(f.code, f.subject) for f in findings if f.severity is Severity.BLOCKING]


class TestTheRightCluster:
    def test_is_the_one_that_the_inventory_names(self) -> None:
        require_cluster(UID, UID, server="https://api.example.com:6443")

    def test_any_other_is_refused(self) -> None:
        with pytest.raises(Day2Error) as raised:
            require_cluster("another", UID, server="https://api.example.com:6443")

        (finding,) = raised.value.findings
        assert (finding.code, finding.subject) == ("D2-CLUSTER-001", "https://api.example.com:6443")
        assert "another" in finding.message
        assert UID in finding.message
        assert raised.value.state == "nothing was changed"

    def test_without_a_name_it_is_refused_saying_which_one_answers(self) -> None:
        with pytest.raises(Day2Error) as raised:
            require_cluster(UID, "", server="https://api.example.com:6443")

        (finding,) = raised.value.findings
        assert (finding.code, finding.subject) == ("D2-INPUT-002", "day2_cluster_uid")
        assert f"day2_cluster_uid: {UID}" in finding.remedy

    def test_is_asked_of_each_control_plane_host_too(self) -> None:
        taken = cluster(
            hosts=[control_plane_host("cp1", cluster_uid=UID), control_plane_host("cp2", cluster_uid="another")]
        )

        assert ("D2-CLUSTER-001", "cp2") in told(judge(taken, intent()).findings)
        assert ("D2-CLUSTER-001", "cp1") not in told(judge(taken, intent()).findings)


class TestAnUpgrade:
    def test_of_a_healthy_cluster_is_ready(self) -> None:
        assessment = judge(cluster(), intent())

        assert (assessment.result, assessment.findings) == (Result.READY, ())
        assert all(verdict.outcome is Outcome.PASS for verdict in assessment.verdicts)

    def test_with_nothing_to_do_is_done(self) -> None:
        assert judge(cluster(running=NEW), intent()).result is Result.DONE

    def test_with_nothing_to_do_is_not_stopped_by_gates_that_show_their_verdict_all_the_same(self) -> None:
        taken = cluster(running=NEW, nodes=[control_plane_node("cp1", kubelet=NEW, ready=False)])

        assessment = judge(taken, intent())

        assert assessment.result is Result.DONE
        assert [verdict.outcome for verdict in assessment.verdicts if verdict.gate == "nodes ready"] == [Outcome.FAIL]

    @pytest.mark.parametrize("ready", [False, None])
    def test_is_refused_while_a_control_plane_node_is_not_ready(self, ready: bool | None) -> None:
        assessment = judge(cluster(nodes=[control_plane_node("cp2", ready=ready)]), intent(max_unavailable=2))

        assert assessment.result is Result.REFUSED
        assert told(assessment.findings) == [("D2-NODE-005", "cp2")]

    def test_takes_up_a_control_plane_node_that_an_earlier_run_left_unready(self) -> None:
        taken = cluster(
            nodes=[control_plane_node("cp2", ready=False, annotations=journal())],
            hosts=[
                control_plane_host(
                    "cp1", etcd=etcd(member("cp1"), member("cp2", healthy=False, error="refused"), member("cp3"))
                ),
                control_plane_host("cp3"),
            ],
        )

        assert judge(taken, intent()).result is Result.READY

    def test_is_refused_by_external_etcd(self) -> None:
        assert told(judge(cluster(external_etcd=True), intent()).findings) == [("D2-ETCD-001", "etcd")]

    def test_is_refused_by_two_etcd_members(self) -> None:
        two = etcd(member("cp1"), member("cp2"))
        taken = cluster(hosts=[control_plane_host(name, etcd=two) for name in ("cp1", "cp2")])

        assert told(judge(without(taken, nodes=["cp3"], hosts=["cp3"]), intent()).findings) == [("D2-ETCD-002", "etcd")]

    def test_is_refused_while_etcd_cannot_be_seen(self) -> None:
        taken = cluster(hosts=[control_plane_host(name) for name in ("cp1", "cp2", "cp3")])

        assert told(judge(taken, intent()).findings) == [("D2-ETCD-007", "etcd")]

    def test_shows_an_unready_worker_within_the_budget_as_a_warning(self) -> None:
        assessment = judge(cluster(nodes=[node("w2", ready=False)]), intent(max_unavailable=2))

        assert assessment.result is Result.READY
        assert [(f.code, f.subject) for f in assessment.findings] == [("D2-NODE-007", "w2")]
        assert [left.node for left in assessment.plan.left_out] == ["w2"]

    def test_goes_ahead_where_a_person_accepted_what_may_be_accepted(self) -> None:
        asked = DeprecatedApi("a.example", "v1beta1", "things", 36)
        accepted = Acceptance("D2-API-001", asked.name, "only our own backup asks, ticket 7", date(2027, 1, 1))
        seen = cluster()
        workloads = Workloads("2026-09-01T10:00:00Z", seen.nodes, ())
        taken = replace(seen, deprecated_apis=(asked,), workloads=workloads)

        assessment = judge(taken, intent(accept=(accepted,)))

        assert assessment.result is Result.READY
        assert [entry.finding.subject for entry in assessment.accepted] == [asked.name]

    def test_is_not_helped_by_the_acceptance_of_what_may_not_be_accepted(self) -> None:
        accepted = Acceptance("D2-NODE-004", "w2", "it will be fine", date(2027, 1, 1))

        assessment = judge(cluster(hosts=[host("w2", reachable=False)]), intent(accept=(accepted,)))

        assert (assessment.result, assessment.accepted) == (Result.REFUSED, ())


class TestACheck:
    def test_of_a_healthy_cluster_passes_whatever_its_version(self) -> None:
        assert check(cluster(), intent(OLD), for_upgrade=False).passed

    @pytest.mark.parametrize(
        ("changes", "told_of"),
        [
            ({"nodes": [control_plane_node("cp2", ready=False)]}, ("D2-NODE-005", "cp2")),
            ({"hosts": [host("w2", reachable=False)]}, ("D2-NODE-004", "w2")),
            ({"hosts": [host("w2", machine_id="f" * 32)]}, ("D2-NODE-003", "w2")),
            ({"external_etcd": True}, ("D2-ETCD-001", "etcd")),
            ({"hosts": [control_plane_host(n) for n in ("cp1", "cp2", "cp3")]}, ("D2-ETCD-007", "etcd")),
        ],
    )
    def test_names_what_an_upgrade_would_meet(self, changes: dict[str, Any], told_of: tuple[str, str]) -> None:
        checked = check(cluster(**changes), intent(OLD), for_upgrade=False)

        assert not checked.passed
        assert told(checked.findings) == [told_of]

    def test_asks_for_no_package_unless_an_upgrade_is_considered(self) -> None:
        taken = cluster(hosts=[host("w2", package=None)])

        assert check(taken, intent(), for_upgrade=False).passed
        assert told(check(taken, intent(), for_upgrade=True).findings) == [("D2-PACKAGE-001", "w2")]

    def test_tells_the_same_thing_once(self) -> None:
        taken = cluster(hosts=[host("w2", reachable=False)])

        assert told(check(taken, intent(), for_upgrade=True).findings) == [("D2-NODE-004", "w2")]

    def test_passes_over_excluded_nodes(self) -> None:
        taken = cluster(nodes=[node("w2", labels={"pool": "lab"})], hosts=[host("w2", reachable=False)])

        assert check(taken, intent(excluded=Selector.parse("pool=lab")), for_upgrade=False).passed
