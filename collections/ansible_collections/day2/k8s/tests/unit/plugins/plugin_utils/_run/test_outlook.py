# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._model.interval import Interval
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._run.outlook import look_ahead
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.plan import NodeStep, Plan
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, intent
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.populated import budget, snapshot, workload

SIXTEEN_MINUTES = DrainOptions(timeout_seconds=960)
HOPELESS = (workload("db", ["w2", "w3"], kind="StatefulSet"), budget("db", 2, minAvailable=2))


class Hours:
    """Step durations of an hour, exactly."""

    def of(self, step: NodeStep) -> Interval:
        return Interval(3600.0, 3600.0)


def ahead(taken: Snapshot, drain: DrainOptions = SIXTEEN_MINUTES, **options: Any) -> Plan:
    wanted = intent(**options)
    return look_ahead(compile_plan(taken, wanted), taken, wanted, drain, Hours())


def step(plan: Plan, name: str) -> NodeStep:
    return next(step for step in plan.steps if step.node == name)


def waves(plan: Plan) -> list[tuple[str, ...]]:
    return [wave.nodes for wave in plan.waves][4:]


def test_without_workloads_nothing_is_said_of_drains() -> None:
    taken = cluster()
    plan = compile_plan(taken, intent())

    assert look_ahead(plan, taken, intent(), SIXTEEN_MINUTES) == plan


def test_each_node_has_the_outlook_of_its_drain_and_its_time() -> None:
    plan = ahead(snapshot(workload("web", ["w1", "w2", "w3"])))

    outlook = step(plan, "w1").drain
    assert outlook is not None
    assert (outlook.outcome, outlook.counts["leaves"], outlook.without_room) == ("leaves", 1, 0)
    assert step(plan, "w1").duration == outlook.seconds + Interval(3600.0, 3600.0)


def test_drains_are_forecast_on_what_those_before_them_left_behind() -> None:
    plan = ahead(snapshot(workload("web", ["w1"])))

    evicted = [step(plan, name).drain.counts["leaves"] for name in ("w1", "w2", "w3")]  # type: ignore[union-attr] # there are
    assert evicted[0] == 1
    assert sum(evicted) > 1, "the pod moves to a node that is drained later"


def test_nodes_that_can_go_together_take_the_time_of_the_slowest() -> None:
    together = ahead(snapshot(workload("web", ["w1", "w2", "w3"])), max_unavailable=2)
    in_turn = ahead(snapshot(workload("web", ["w1", "w2", "w3"])))

    assert waves(together) == [("w2", "w3")]
    assert waves(in_turn) == [("w2",), ("w3",)]
    assert together.duration is not None
    assert in_turn.duration is not None
    assert in_turn.duration.low - together.duration.low > 3500


def test_nodes_that_would_leave_a_pod_without_room_do_not_go_together() -> None:
    large = workload("large", ["w2", "w3"], cpu="3")

    assert waves(ahead(snapshot(large), max_unavailable=2)) == [("w2",), ("w3",)]


def test_a_budget_that_both_wait_for_does_not_keep_them_apart() -> None:
    taken = snapshot(workload("web", ["w1", "w2", "w3"]), budget("web", 3, maxUnavailable=1))

    plan = ahead(taken, max_unavailable=2)

    assert waves(plan) == [("w2", "w3")]


def test_a_budget_that_both_would_wait_for_beyond_the_deadline_keeps_them_apart() -> None:
    taken = snapshot(workload("web", ["w1", "w2", "w3"], grace=920), budget("web", 3, maxUnavailable=1))

    plan = ahead(taken, max_unavailable=2)

    assert waves(plan) == [("w2",), ("w3",)]
    assert plan.waves[4].held_back.startswith(
        "w3: shop/web-2 waits for budget shop/web to allow it, perhaps for longer"
    )


def test_a_hopeless_budget_is_one_finding_that_names_its_nodes_and_refuses() -> None:
    plan = ahead(snapshot(*HOPELESS))

    (finding,) = plan.findings
    assert (finding.code, finding.subject, finding.severity) == (
        "D2-DRAIN-011",
        "PodDisruptionBudget/shop/db",
        Severity.BLOCKING,
    )
    assert "on node w2" in finding.message
    assert finding.message.endswith("the same on 1 other node: w3")
    outlook = step(plan, "w2").drain
    assert outlook is not None
    assert (outlook.outcome, outlook.certain) == ("never", True)


def test_what_may_not_end_takes_until_the_deadline() -> None:
    outlook = step(ahead(snapshot(*HOPELESS)), "w2").drain

    assert outlook is not None
    assert outlook.seconds.high == 960


def test_only_pods_that_somebody_has_to_read_about_are_told() -> None:
    plan = ahead(snapshot(workload("web", ["w1", "w2"]), *HOPELESS))

    outlook = step(plan, "w2").drain
    assert outlook is not None
    assert [pod["name"] for pod in outlook.pods] == ["db-0"]


def test_a_node_whose_machine_needs_no_change_is_not_drained() -> None:
    taken = snapshot(workload("web", ["w1", "w2", "w3"]))
    plan = compile_plan(taken, intent())
    resumed = tuple(replace(step, changes_machine=step.node != "w2") for step in plan.steps)

    found = look_ahead(replace(plan, steps=resumed), taken, intent(), SIXTEEN_MINUTES, Hours())

    assert step(found, "w2").drain is None
    assert step(found, "w2").duration == Interval(3600.0, 3600.0)
