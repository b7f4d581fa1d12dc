# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Condition, Listing
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rehearsal import rehearse
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, NOW, budget, pod


def imagine(*pods: Pod, budgets: tuple[Budget, ...] = (), cordoned: bool = True, **options: Any) -> DrainResult:
    listing = Listing(
        node=NODE,
        asked_at=0.0,
        taken_at=NOW,
        consistent=True,
        pods=pods,
        condition=Condition(cordoned),
        budgets=budgets,
    )
    return rehearse([listing], DrainOptions(**options))[0]


def actions(result: DrainResult) -> dict[str, str]:
    return {report.name: report.action for report in result.pods}


def test_a_budget_that_allows_one_lets_one_go_and_makes_the_other_wait() -> None:
    """T27"""
    result = imagine(pod("a"), pod("b"), budgets=(budget(allowed=1, desired=1),))

    assert actions(result) == {"a": "would_evict", "b": "would_wait"}
    assert result.pods[1].reason == "budget shop/web: needs 1 healthy, has 2"
    assert result.changed


def test_a_budget_that_never_frees_is_told() -> None:
    (report,) = imagine(pod("a"), budgets=(budget(),)).pods

    assert "even with all of its pods healthy" in report.reason


def test_unready_pods_are_imagined_first_as_they_would_be_evicted_first() -> None:
    result = imagine(pod("a"), pod("b", ready=False), budgets=(budget(allowed=1, desired=1, healthy=1),))

    assert actions(result) == {"a": "would_evict", "b": "would_evict"}


def test_what_would_refuse_the_drain_refuses_the_rehearsal() -> None:
    result = imagine(pod("a"), pod("bare", owner=""))

    assert result.ending is Ending.REFUSED
    assert [finding.code for finding in result.findings] == ["D2-DRAIN-002"]
    assert not result.changed


def test_two_budgets_refuse_the_rehearsal() -> None:
    result = imagine(pod("a"), budgets=(budget("one", allowed=1), budget("two", allowed=1)))

    assert [finding.code for finding in result.findings] == ["D2-DRAIN-005"]


def test_pods_that_stay_change_nothing() -> None:
    result = imagine(pod("agent", owner="DaemonSet/agent"), pod("static", mirror=True, owner="Node/w1"))

    assert actions(result) == {"agent": "ignored", "static": "ignored"}
    assert not result.changed


def test_a_node_to_be_cordoned_would_be_changed() -> None:
    assert imagine(cordoned=False).changed


def test_a_pod_on_its_way_out_is_only_waited_for() -> None:
    result = imagine(pod("a", terminating=True))

    assert actions(result) == {"a": "terminating"}
    assert not result.changed
