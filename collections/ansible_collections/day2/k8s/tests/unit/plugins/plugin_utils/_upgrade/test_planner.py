# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Journal
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.plan import NodeStep, Plan
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    claim,
    cluster,
    control_plane_host,
    control_plane_node,
    control_plane_pods,
    host,
    intent,
    journal,
    node,
    own_cordon,
    static_pods,
    without,
)

LAB = Selector.parse("pool=lab")


def names(plan: Plan) -> list[str]:
    return [step.node for step in plan.steps]


def step_of(plan: Plan, name: str) -> NodeStep:
    return next(step for step in plan.steps if step.node == name)


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in plan.findings]


class TestAWholeUpgrade:
    def test_takes_the_control_plane_first_the_etcd_leader_last_then_the_canary(self) -> None:
        plan = compile_plan(cluster(), intent())

        assert names(plan) == ["cp2", "cp3", "cp1", "w1", "w2", "w3"]
        assert [step.node for step in plan.steps if step.canary] == ["w1"]
        assert [str(hop) for hop in plan.hops] == [f"{OLD} -> {NEW}"]
        assert plan.findings == ()

    def test_applies_on_the_first_node_and_follows_on_the_others(self) -> None:
        plan = compile_plan(cluster(), intent())

        assert "kubeadm upgrade apply" in step_of(plan, "cp2").actions
        assert all("kubeadm upgrade node" in step_of(plan, name).actions for name in ("cp3", "cp1", "w1"))

    def test_says_what_happens_to_a_node(self) -> None:
        step = step_of(compile_plan(cluster(), intent()), "w2")

        assert step.actions == (
            "cordon",
            "drain",
            "kubeadm upgrade node",
            f"kubelet {NEW}-1.1",
            "verify",
            "uncordon",
        )
        assert (str(step.from_version), str(step.to_version)) == (OLD, NEW)

    def test_is_the_same_each_time(self) -> None:
        assert compile_plan(cluster(), intent()) == compile_plan(cluster(), intent())

    def test_warns_that_a_single_control_plane_will_be_away(self) -> None:
        taken = without(cluster(), nodes=["cp2", "cp3"], hosts=["cp2", "cp3"])

        outage = compile_plan(taken, intent()).api_outage

        assert outage is not None
        assert outage.why.startswith("one control-plane node")
        assert compile_plan(cluster(), intent()).api_outage is None


class TestAPartlyUpgradedCluster:
    def test_with_nothing_left_to_do_the_plan_is_empty(self) -> None:
        plan = compile_plan(cluster(running=NEW), intent())

        assert (plan.steps, plan.hops, plan.left_out, plan.findings) == ((), (), (), ())
        assert plan.finished == ("cp1", "cp2", "cp3", "w1", "w2", "w3")

    def test_finished_nodes_are_not_taken_again(self) -> None:
        taken = cluster(
            nodes=[control_plane_node("cp2", kubelet=NEW), node("w1", kubelet=NEW)],
            hosts=[control_plane_host("cp2", running=NEW)],
            config=NEW,
        )

        plan = compile_plan(taken, intent())

        assert names(plan) == ["cp3", "cp1", "w2", "w3"]
        assert plan.finished == ("cp2", "w1")

    def test_a_half_upgraded_control_plane_is_resumed(self) -> None:
        taken = cluster(hosts=[control_plane_host("cp3", static_pods=static_pods(NEW, kube_scheduler=OLD))])

        plan = compile_plan(taken, intent())

        assert names(plan)[:3] == ["cp3", "cp2", "cp1"]
        assert "kubeadm upgrade apply" in step_of(plan, "cp3").actions
        assert plan.findings == ()

    def test_an_apply_that_wrote_everything_but_its_configuration_is_repeated_on_one_node(self) -> None:
        plan = compile_plan(cluster(running=NEW, config=OLD), intent())

        assert names(plan) == ["cp2"]
        assert "kubeadm upgrade apply" in plan.steps[0].actions

    @pytest.mark.parametrize("record", [claim(), own_cordon(), journal(state="failed")])
    def test_a_node_with_a_record_of_ours_is_not_finished(self, record: dict[str, str]) -> None:
        taken = cluster(nodes=[node("w2", kubelet=NEW, annotations=record, cordoned=True)], running=NEW)

        (step,) = compile_plan(taken, intent()).steps

        assert (step.node, step.resumed, step.changes_machine) == ("w2", True, False)
        assert "drain" not in step.actions

    def test_nodes_that_an_earlier_run_left_in_hand_come_first(self) -> None:
        taken = cluster(
            nodes=[
                control_plane_node("cp1", annotations=journal()),
                node("w3", annotations={**claim(), **own_cordon()}, cordoned=True),
            ]
        )

        plan = compile_plan(taken, intent(max_unavailable=2))

        assert names(plan) == ["cp1", "cp2", "cp3", "w3", "w1", "w2"]
        assert [step.node for step in plan.steps if step.resumed] == ["cp1", "w3"]
        assert plan.findings == ()

    def test_an_unready_worker_that_we_left_in_hand_is_taken_up_again(self) -> None:
        taken = cluster(nodes=[node("w2", ready=False, annotations=journal())])

        plan = compile_plan(taken, intent())

        assert names(plan)[3] == "w2"
        assert plan.left_out == ()

    @pytest.mark.parametrize(("running", "planned"), [(NEW, []), (OLD, ["cp1"])])
    def test_mirror_pods_tell_the_versions_of_a_host_that_did_not_answer(
        self, running: str, planned: list[str]
    ) -> None:
        pods = (*control_plane_pods("cp1", running=running), *control_plane_pods("cp2", "cp3", running=NEW))

        plan = compile_plan(cluster(running=NEW, hosts=[host("cp1", reachable=False)], pods=pods), intent())

        assert names(plan) == planned


class TestNodesLeftOut:
    def test_excluded_nodes_are_left_out_and_need_no_host(self) -> None:
        taken = without(cluster(nodes=[node("w2", labels={"pool": "lab"})]), hosts=["w2"])

        plan = compile_plan(taken, intent(excluded=LAB))

        assert "w2" not in names(plan)
        assert [(left.node, left.reason) for left in plan.left_out] == [("w2", "excluded by day2_excluded_nodes")]
        assert plan.findings == ()

    def test_hosts_that_are_not_selected_are_left_out(self) -> None:
        plan = compile_plan(cluster(), intent(nodes=("cp1", "cp2", "cp3", "w1")))

        assert names(plan) == ["cp2", "cp3", "cp1", "w1"]
        assert [(left.node, left.reason) for left in plan.left_out] == [
            ("w2", "not selected by day2_nodes"),
            ("w3", "not selected by day2_nodes"),
        ]
        assert plan.findings == ()

    def test_unready_workers_within_the_budget_are_left_out(self) -> None:
        plan = compile_plan(cluster(nodes=[node("w2", ready=False)]), intent(max_unavailable=2))

        assert "w2" not in names(plan)
        assert [(left.node, left.reason) for left in plan.left_out] == [("w2", "not Ready")]
        assert plan.findings == ()

    def test_an_unready_worker_whose_host_does_not_answer_is_left_out_too(self) -> None:
        taken = cluster(nodes=[node("w2", ready=None, annotations=journal())], hosts=[host("w2", reachable=False)])

        plan = compile_plan(taken, intent(max_unavailable=2))

        assert [left.node for left in plan.left_out] == ["w2"]
        assert plan.findings == ()


class TestRefusals:
    def test_an_older_target(self) -> None:
        plan = compile_plan(cluster(running=NEW), intent(OLD))

        assert told(plan) == [("D2-VERSION-001", f"target {OLD}")]
        assert plan.steps == ()

    def test_a_skipped_minor(self) -> None:
        assert told(compile_plan(cluster(running="1.34.8"), intent())) == [("D2-VERSION-002", f"target {NEW}")]

    def test_not_a_worker_that_jumps_over_a_minor_whose_migration_is_done_for_it(self) -> None:
        plan = compile_plan(cluster(nodes=[node("w2", kubelet="1.34.8")]), intent())

        assert told(plan) == []
        assert "remove --pod-infra-container-image" in step_of(plan, "w2").actions
        assert "remove --pod-infra-container-image" not in step_of(plan, "w1").actions

    @pytest.mark.parametrize("ready", [False, None])
    def test_an_unready_worker_that_would_be_left_too_old(self, ready: bool | None) -> None:
        taken = cluster(nodes=[node("w2", kubelet="1.32.9", ready=ready)])

        assert told(compile_plan(taken, intent(max_unavailable=2))) == [("D2-VERSION-003", "w2")]

    def test_an_excluded_worker_that_would_be_left_too_old(self) -> None:
        taken = cluster(nodes=[node("w2", kubelet="1.32.9", labels={"pool": "lab"})])

        assert told(compile_plan(taken, intent(excluded=LAB))) == [("D2-VERSION-003", "w2")]

    def test_a_worker_selected_without_its_control_plane(self) -> None:
        assert told(compile_plan(cluster(), intent(nodes=("w1",)))) == [("D2-VERSION-003", "w1")]

    def test_a_target_package_that_no_repository_has(self) -> None:
        taken = cluster(hosts=[host("w2", package=None)])

        assert told(compile_plan(taken, intent())) == [("D2-PACKAGE-001", "w2")]

    def test_a_host_without_a_node(self) -> None:
        assert told(compile_plan(without(cluster(), nodes=["w2"]), intent())) == [("D2-NODE-001", "w2")]

    def test_a_node_without_a_host(self) -> None:
        plan = compile_plan(without(cluster(), hosts=["w2"]), intent())

        assert told(plan) == [("D2-NODE-002", "w2")]
        assert [left.reason for left in plan.left_out] == ["no host of the inventory stands for it"]

    def test_a_host_that_is_another_machine(self) -> None:
        taken = cluster(hosts=[host("w2", machine_id="f" * 32)])

        assert told(compile_plan(taken, intent())) == [("D2-NODE-003", "w2")]

    def test_an_unreachable_host_of_a_ready_node(self) -> None:
        (finding,) = compile_plan(cluster(hosts=[host("w2", reachable=False)]), intent()).findings

        assert (finding.code, finding.subject) == ("D2-NODE-004", "w2")
        assert "day2_excluded_nodes" in finding.remedy

    def test_an_unreachable_host_that_is_not_selected_is_none(self) -> None:
        taken = cluster(hosts=[host("w3", reachable=False)])

        assert told(compile_plan(taken, intent(nodes=("cp1", "cp2", "cp3", "w1", "w2")))) == []

    def test_an_unknown_name_in_day2_nodes(self) -> None:
        assert told(compile_plan(cluster(), intent(nodes=("cp1", "w11")))) == [("D2-INPUT-002", "day2_nodes")]

    def test_unready_workers_that_use_up_the_budget(self) -> None:
        taken = cluster(nodes=[node("w2", ready=False)])

        (finding,) = compile_plan(taken, intent(max_unavailable=1)).findings

        assert finding.code == "D2-NODE-006"
        assert "w2 (not Ready)" in finding.message
        assert "day2_max_unavailable to 2" in finding.remedy

    def test_cordons_of_others_that_use_up_the_budget(self) -> None:
        taken = cluster(nodes=[node("w2", cordoned=True)])

        (finding,) = compile_plan(taken, intent(max_unavailable=1)).findings

        assert finding.code == "D2-NODE-006"
        # the cordoned one itself could be taken: nothing else is out
        assert finding.subject == "cp1, cp2, cp3, w1, w3"

    def test_a_record_of_a_newer_version_on_any_node(self) -> None:
        taken = cluster(nodes=[node("w2", annotations={Journal.key: '{"schema":99}'})])

        plan = compile_plan(taken, intent())

        assert told(plan) == [("D2-NODE-009", "w2")]
        assert plan.steps == ()


class TestCordons:
    def test_a_worker_that_somebody_cordoned_is_upgraded_and_stays_cordoned(self) -> None:
        plan = compile_plan(cluster(nodes=[node("w2", cordoned=True)]), intent(max_unavailable=2))

        actions = step_of(plan, "w2").actions
        assert actions[0] == "keep the cordon of somebody else"
        assert actions[-1] == "leave cordoned"
        assert plan.findings == ()

    def test_a_worker_left_in_hand_stands_in_the_way_of_the_control_plane_which_goes_first(self) -> None:
        left = node("w2", annotations={**claim(), **own_cordon()}, cordoned=True)

        (finding,) = compile_plan(cluster(nodes=[left]), intent(max_unavailable=1)).findings

        assert (finding.code, finding.subject) == ("D2-NODE-006", "cp1, cp2, cp3")
        assert "in hand of run run-1" in finding.message
        assert "recover" in finding.remedy

    def test_nodes_left_in_hand_do_not_stand_in_each_others_way(self) -> None:
        left = {**claim(), **own_cordon()}
        upgraded = [control_plane_node(name, kubelet=NEW) for name in ("cp1", "cp2", "cp3")]
        taken = cluster(
            nodes=[*upgraded, *(node(name, annotations=left, cordoned=True) for name in ("w1", "w2"))],
            hosts=[control_plane_host(name, running=NEW) for name in ("cp1", "cp2", "cp3")],
            config=NEW,
        )

        plan = compile_plan(taken, intent(max_unavailable=1))

        assert plan.findings == ()
        assert names(plan) == ["w1", "w2", "w3"]
        assert step_of(plan, "w1").actions[-1] == "uncordon"


def test_the_plan_is_returned_as_plain_data() -> None:
    raw = compile_plan(cluster(nodes=[node("w2", ready=False)]), intent(max_unavailable=2)).to_dict()

    assert raw["target"] == NEW
    assert raw["hops"] == [{"from_version": OLD, "to_version": NEW}]
    assert raw["steps"][0]["node"] == "cp2"
    assert raw["left_out"] == [{"node": "w2", "host": "w2", "version": OLD, "reason": "not Ready"}]
