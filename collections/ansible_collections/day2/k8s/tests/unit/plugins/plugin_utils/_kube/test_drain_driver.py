# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import Surroundings, drain, imagine
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Unfenced
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import CordonOwner
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._kube.inline import Inline
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import NodeApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, NOW, budget_json, pod_json

AWAY = ApiError(0, "", "connection refused")


class Stage:
    """Drains the node of ``api``; ``said`` is what was told meanwhile."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.started = self.clock()
        self.said: list[str] = []

    @property
    def elapsed(self) -> float:
        return self.clock() - self.started

    def drain(self, api: NodeApi, *, fence: Any = None, **options: Any) -> DrainResult:
        (result,) = drain(
            api,  # type: ignore[arg-type] # a stand-in of the same shape
            [NODE],
            DrainOptions(**options),
            run_id="run-1",
            now_iso=lambda: NOW,
            fence=fence or Unfenced(),
            say=self.said.append,
            surroundings=Surroundings(self.clock, self.clock.sleep, lambda: 0.0, Inline()),
        )
        return result


@pytest.fixture
def stage() -> Stage:
    return Stage()


def failing(first: int, last: int, error: ApiError) -> Callable[[str, str], None]:
    """The requests ``first`` to ``last`` fail."""
    count = 0

    def interfere(_method: str, _path: str) -> None:
        nonlocal count
        count += 1
        if first <= count <= last:
            raise error

    return interfere


def test_a_node_is_cordoned_in_our_name_and_emptied(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=8), pod_json("b", grace=2)])

    result = stage.drain(api)

    assert (result.ending, result.changed, api.pods) == (Ending.DRAINED, True, {})
    assert api.node["spec"]["unschedulable"] is True
    assert json.loads(api.node["metadata"]["annotations"][CordonOwner.key])["run"] == "run-1"
    assert [name for _dummy, name, _dummy in api.evictions] == ["a", "b"]
    assert 8 <= stage.elapsed <= 10
    assert {(p.name, p.action, p.attempts) for p in result.pods} == {("a", "evicted", 1), ("b", "evicted", 1)}


def test_a_full_node_takes_its_longest_grace_and_the_pace_of_evictions(stage: Stage) -> None:
    """T29"""
    api = NodeApi(stage.clock, [pod_json(f"p{n:03}", grace=30) for n in range(110)])

    assert stage.drain(api).ending is Ending.DRAINED
    assert stage.elapsed <= 30 + 110 / 20 + 2
    assert len(api.evictions) == 110
    assert len(api.requests) < 110 + 3 * 60, "a hot loop"


def test_evictions_carry_the_uid_and_leave_the_grace_to_the_pod(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a")])

    stage.drain(api)

    assert [options for _dummy, _dummy, options in api.evictions] == [{"preconditions": {"uid": "uid-a"}}]


@pytest.mark.parametrize("grace", [0, 7])
def test_a_grace_period_is_sent_also_when_it_is_zero(stage: Stage, grace: int) -> None:
    """T16"""
    api = NodeApi(stage.clock, [pod_json("a", grace=600)])

    stage.drain(api, grace_period_seconds=grace)

    assert api.evictions[0][2]["gracePeriodSeconds"] == grace
    assert stage.elapsed < 60


def test_a_budget_that_frees_after_half_a_minute_is_waited_for(stage: Stage) -> None:
    """T01"""
    api = NodeApi(stage.clock, [pod_json("a", grace=0)], budgets=[budget_json()])
    stage.clock.at(30, lambda: api.budgets["web"]["status"].update(disruptionsAllowed=1))

    result = stage.drain(api)

    assert result.ending is Ending.DRAINED
    assert 30 <= stage.elapsed <= 36
    times = [at for at, _dummy, _dummy in api.evictions]
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) <= 5
    assert len(times) < 30


def test_a_budget_that_never_frees_fails_at_the_deadline_and_not_later(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a"), pod_json("free", app="other", grace=0)], budgets=[budget_json()])

    result = stage.drain(api, timeout_seconds=60)

    assert (result.ending, stage.elapsed) == (Ending.TIMED_OUT, 60)
    assert [f.subject for f in result.findings] == ["PodDisruptionBudget/shop/web"]
    assert "shop/a" in result.findings[0].message
    assert list(api.pods) == ["a"]


def test_a_refusal_writes_nothing(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a"), pod_json("bare", owner="")], forbid_writes=True)

    assert stage.drain(api).ending is Ending.REFUSED


def test_a_rehearsal_writes_nothing_and_ends_at_once(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a"), pod_json("b")], budgets=[budget_json(allowed=1)], forbid_writes=True)

    (result,) = imagine(api, [NODE], DrainOptions(), now_iso=lambda: NOW, clock=stage.clock)  # type: ignore[arg-type] # a stand-in

    assert [p.action for p in result.pods] == ["would_evict", "would_wait"]
    assert stage.elapsed == 0


def test_whether_a_daemonset_exists_is_asked_once(stage: Stage) -> None:
    pods = [pod_json(f"agent-{n}", owner="DaemonSet/agent") for n in range(3)]
    api = NodeApi(stage.clock, pods, daemonsets=["agent"])

    result = stage.drain(api)

    assert {p.action for p in result.pods} == {"ignored"}
    assert len([path for _dummy, path in api.requests if "/daemonsets/" in path]) == 1


def test_the_daemonset_that_is_gone_is_found_out(stage: Stage) -> None:
    result = stage.drain(NodeApi(stage.clock, [pod_json("agent", owner="DaemonSet/agent")]))

    assert [f.code for f in result.findings] == ["D2-DRAIN-004"]


def test_an_api_that_is_away_for_a_while_is_waited_for(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=3)], cordoned=True, interfere=failing(4, 12, AWAY))

    result = stage.drain(api)

    assert result.ending is Ending.DRAINED
    assert api.pods == {}


def test_an_eviction_without_an_answer_is_not_sent_twice_if_it_was_carried_out(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=20)], cordoned=True)
    evict = api._evict

    def carried_out_without_an_answer(body: dict[str, Any]) -> dict[str, Any]:
        evict(body)
        raise AWAY

    api._evict = carried_out_without_an_answer  # type: ignore[method-assign]

    assert stage.drain(api).ending is Ending.DRAINED
    assert len(api.evictions) == 1


def test_missing_rights_end_the_drain_at_once(stage: Stage) -> None:
    api = NodeApi(stage.clock, interfere=failing(1, 99, ApiError(403, "Forbidden", "may not get nodes")))

    with pytest.raises(Day2Error) as refusal:
        stage.drain(api)

    assert [f.code for f in refusal.value.findings] == ["D2-CLUSTER-003"]
    assert (refusal.value.begun, refusal.value.state) == (False, "nothing was changed")
    assert stage.elapsed == 0


class Shut:
    """A fence that lets the first checks through."""

    def __init__(self, passes: int) -> None:
        self._passes = passes

    def check(self) -> None:
        if self._passes == 0:
            finding = Finding(code="D2-LOCK-002", subject="run", message="lost", why="any", remedy="any")
            raise Day2Error(finding)
        self._passes -= 1


def test_a_run_that_lost_its_lock_writes_nothing(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a")], forbid_writes=True)

    with pytest.raises(Day2Error) as refusal:
        stage.drain(api, fence=Shut(0))

    assert [f.code for f in refusal.value.findings] == ["D2-LOCK-002"]


def test_a_lock_lost_while_waiting_stops_the_next_eviction(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=60), pod_json("b")], budgets=[budget_json(allowed=1)])

    with pytest.raises(Day2Error) as refusal:
        stage.drain(api, fence=Shut(1))

    assert refusal.value.begun
    assert "1 of 2 pods were evicted" in refusal.value.state
    assert {pod["name"]: pod["action"] for pod in refusal.value.result["pods"]} == {"a": "terminating", "b": "blocked"}
    assert stage.elapsed < 10


def test_progress_is_told_when_it_changes_but_never_more_than_every_few_seconds(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json(f"p{n:03}", grace=20) for n in range(50)])

    stage.drain(api)

    assert stage.said[0].startswith("node w1: drain 0/50 pods gone")
    assert len(stage.said) <= 2 + stage.elapsed / 5


def attachment(volume: str, node: str = NODE, *, attached: bool = True) -> dict[str, Any]:
    return {
        "metadata": {"name": f"csi-{volume}"},
        "spec": {"nodeName": node, "source": {"persistentVolumeName": volume}},
        "status": {"attached": attached},
    }


def test_volumes_are_waited_for_but_for_those_of_pods_that_stay(stage: Stage) -> None:
    """T25"""
    api = NodeApi(
        stage.clock,
        [pod_json("db", grace=2, claims=["data"]), pod_json("agent", owner="DaemonSet/agent", claims=["logs"])],
        daemonsets=["agent"],
        attachments=[
            attachment("pv-data"),
            attachment("pv-logs"),
            attachment("pv-of-another-node", "w2"),
            attachment("pv-never-attached", attached=False),
        ],
        claims={"logs": "pv-logs"},
    )
    stage.clock.at(20, lambda: api.attachments.pop("csi-pv-data"))

    result = stage.drain(api)

    assert result.ending is Ending.DRAINED
    assert 20 <= stage.elapsed <= 23
    assert any(line.endswith("volumes to be detached: pv-data") for line in stage.said)


def test_a_volume_that_is_no_csi_one_is_known_from_the_node(stage: Stage) -> None:
    api = NodeApi(stage.clock, [])
    api.node["status"]["volumesAttached"] = [{"name": "kubernetes.io/iscsi/any"}, {"name": "kubernetes.io/csi/any^1"}]

    result = stage.drain(api, volume_detach_seconds=10)

    assert result.ending is Ending.FAILED
    assert result.findings[0].message.endswith("gone: kubernetes.io/iscsi/any")


def test_what_happens_is_told_on_the_node(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=1)])

    stage.drain(api)

    assert [(e["reason"], e["type"], e["involvedObject"]["uid"]) for e in api.events] == [
        ("DrainStarted", "Normal", "uid-w1"),
        ("DrainSucceeded", "Normal", "uid-w1"),
    ]


def test_events_that_cannot_be_written_fail_nothing(stage: Stage) -> None:
    def interfere(_method: str, path: str) -> None:
        if path.endswith("/events"):
            raise ApiError(403, "Forbidden", "may not create events")

    assert stage.drain(NodeApi(stage.clock, [pod_json("a", grace=1)], interfere=interfere)).ending is Ending.DRAINED


def test_a_node_whose_kubelet_is_not_heard_is_drained_within_seconds(stage: Stage) -> None:
    """T19"""
    api = NodeApi(stage.clock, [pod_json("a", grace=600, finalizers=["example.com/never"])])
    api.node["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]

    result = stage.drain(api)

    assert result.ending is Ending.DRAINED
    assert stage.elapsed <= 10
    assert [options["gracePeriodSeconds"] for _dummy, _dummy, options in api.evictions] == [1]
    assert [warning.code for warning in result.warnings] == ["D2-DRAIN-009"]


def test_waiting_for_one_pod_costs_about_one_request_a_second(stage: Stage) -> None:
    api = NodeApi(stage.clock, [pod_json("a", grace=60)])

    stage.drain(api)

    assert len(api.requests) <= 60 + 60 / 5 + 12


def test_the_clusters_dns_is_moved_one_pod_after_the_other(stage: Stage) -> None:
    """T33"""
    pods = [pod_json(name, owner="ReplicaSet/dns-57b", priority=2_000_000_000, grace=1) for name in ("a", "b")]
    for pod in pods:
        pod["metadata"]["labels"]["pod-template-hash"] = "57b"
    api = NodeApi(stage.clock, pods)
    successor = pod_json("successor", owner="ReplicaSet/dns-57b", node="w2")
    stage.clock.at(8, lambda: api.elsewhere.append(successor))

    result = stage.drain(api)

    assert result.ending is Ending.DRAINED
    (first, _name, _options), (second, _other, _more) = api.evictions
    assert second - first >= 7
    assert result.warnings == ()
