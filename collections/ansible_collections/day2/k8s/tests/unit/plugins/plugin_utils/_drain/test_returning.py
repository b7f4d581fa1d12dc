# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult, result_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.returning import workload_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import SETTLE_SECONDS, Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod

EVERYTHING = [{"operator": "Exists"}]


def clinging(name: str, **options: Any) -> Pod:
    return pod(name, tolerations=EVERYTHING, **options)


def come_back(play: Play, times: int, **options: Any) -> list[str]:
    """A pod is evicted and comes back under another name; returns which were evicted."""
    evicted = []
    play.see(clinging("web-0", **options))
    for number in range(times):
        evicted += play.evicting
        play.answer(clinging(f"web-{number}"), Meaning.GRANTED)
        play.at(play.now + 1).see(clinging(f"web-{number + 1}", **options))
    return evicted + play.evicting


def result(play: Play) -> DrainResult:
    return result_of(play.state, play.node, play.now)


def test_workloads_whose_pods_tolerate_the_cordon_are_named_once_before_anything_happens() -> None:
    play = Play().see(clinging("a"), clinging("b"), pod("c", owner="ReplicaSet/other"))

    assert [(w.code, w.subject, w.severity.value) for w in play.node.warnings] == [
        ("D2-DRAIN-008", "ReplicaSet/shop/web", "warning")
    ]
    assert play.evicting == ["a", "b", "c"]


def test_that_the_pods_of_a_daemonset_tolerate_the_cordon_is_no_news() -> None:
    play = Play(force=True).see(clinging("agent", owner="DaemonSet/agent"), missing=("uid-agent",))

    assert [warning.code for warning in play.node.warnings] == ["D2-DRAIN-004"]


def test_a_pod_that_comes_back_is_evicted_once_more_and_then_left_and_named() -> None:
    play = Play()

    assert come_back(play, 2) == ["web-0", "web-1"]
    assert play.ending is Ending.FAILED
    assert play.codes == ["D2-DRAIN-008"]
    (finding,) = result(play).findings
    assert finding.subject == "ReplicaSet/shop/web"
    assert "came back to the cordoned node w1 2 times" in finding.message
    assert "tolerate the cordon" in finding.message


def test_several_pods_that_come_back_are_one_finding() -> None:
    play = Play().see(clinging("a0"), clinging("b0"))
    for turn in range(2):
        for name in ("a", "b"):
            play.answer(clinging(f"{name}{turn}"), Meaning.GRANTED)
        play.at(play.now + 1).see(clinging(f"a{turn + 1}"), clinging(f"b{turn + 1}"))

    assert play.codes == ["D2-DRAIN-008"]


def test_pods_that_were_accepted_by_name_are_left_and_the_drain_goes_on() -> None:
    play = Play(accepted=frozenset({("D2-DRAIN-008", "ReplicaSet/shop/web")}))

    assert come_back(play, 2) == ["web-0", "web-1"]
    assert play.at(SETTLE_SECONDS).see(clinging("web-2")).ending is Ending.DRAINED
    assert {report.name: report.action for report in result(play).pods} == {
        "web-0": "evicted",
        "web-1": "evicted",
        "web-2": "ignored",
    }


def test_a_pod_that_names_its_node_comes_back_as_well() -> None:
    play = Play().see(pod("web-0"))
    for number in range(2):
        play.answer(pod(f"web-{number}"), Meaning.GRANTED)
        play.at(play.now + 1).see(pod(f"web-{number + 1}"))

    assert "bound to it in spite of the cordon" in result(play).findings[0].message


def test_a_pod_of_another_controller_did_not_come_back() -> None:
    play = Play().see(pod("web-0"))
    play.answer(pod("web-0"), Meaning.GRANTED)

    assert play.see(pod("late", owner="ReplicaSet/other")).evicting == ["late"]
    assert play.node.records["uid-late"].returns == 0


def test_what_came_while_somebody_had_lifted_the_cordon_did_not_come_back() -> None:
    play = Play().see(pod("web-0"))
    play.answer(pod("web-0"), Meaning.GRANTED)
    play.at(1.0).see(pod("web-1"), cordoned=False)
    play.cordoned(pod("web-1"))

    assert play.node.records["uid-web-1"].returns == 0
    assert play.evicting == ["web-1"]


def test_a_workload_goes_by_the_name_of_its_deployment() -> None:
    raw = pod("web-7c5ddb-x2l9k", owner="ReplicaSet/web-7c5ddb")
    raw.labels["pod-template-hash"] = "7c5ddb"  # type: ignore[index] # a dict as parsed

    assert workload_of(raw) == "Deployment/shop/web"
    assert workload_of(pod("db-0", owner="StatefulSet/db")) == "StatefulSet/shop/db"
    assert workload_of(pod("bare", owner="")) == "shop/bare"
