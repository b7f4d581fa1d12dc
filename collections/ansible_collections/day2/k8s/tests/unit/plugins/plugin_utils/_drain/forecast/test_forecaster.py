# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.forecaster import Forecaster
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.prognosis import Outcome, Successor
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rules import Rule, RuleAction
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.forecast.world import (
    JUST_NOW,
    LONG_AGO,
    World,
    by_name,
)

LEAVES, SLOW, NEVER, STAYS, UNKNOWN = Outcome.LEAVES, Outcome.SLOW, Outcome.NEVER, Outcome.STAYS, Outcome.UNKNOWN
HOST_ANTI_AFFINITY = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}
        ]
    }
}

ZONE_ANTI_AFFINITY = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "topology.kubernetes.io/zone", "labelSelector": {"matchLabels": {"app": "web"}}}
        ]
    }
}
OVER_ZONES = [
    {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
]


def three() -> World:
    return World().nodes("w1", "w2", "w3")


# Pods without a budget -----------------------------------------------------------------------------------------------


def test_a_pod_without_a_budget_leaves_for_sure() -> None:
    world = three()
    world.deployment("web", "w1", "w2")

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain, pod.successor) == (LEAVES, True, Successor.ELSEWHERE)
    assert pod.seconds.high == 32  # its grace period, and a moment


def test_a_pod_leaves_though_its_successor_finds_no_room_and_that_is_said() -> None:
    world = three()
    world.deployment("web", "w1", nodeSelector={"kubernetes.io/hostname": "w1"})

    forecast = world.drain("w1").nodes[0]

    pod = forecast.pods[0]
    assert (pod.outcome, pod.successor) == (LEAVES, Successor.NO_ROOM)
    assert pod.successor_why == "of 3 nodes: 2 nodeSelector, 1 cordoned"
    assert [(w.code, w.severity) for w in forecast.warnings] == [("D2-DRAIN-013", Severity.WARNING)]
    assert forecast.findings == ()


@pytest.mark.parametrize(
    ("pod", "treatment"),
    [
        ({"owner": "DaemonSet/agent"}, STAYS),
        ({"owner": ""}, NEVER),
        ({"owner": "Job/once", "owner_api": "batch/v1", "phase": "Succeeded", "ready": False}, LEAVES),
    ],
)
def test_what_the_drain_leaves_refuses_or_takes_is_forecast_so(pod: dict[str, Any], treatment: Outcome) -> None:
    world = three()
    world.controller("DaemonSet", "agent", 1)
    world.controller("Job", "once", 1)
    world.pod("p", "w1", **pod)

    forecast = world.drain("w1").nodes[0]

    assert forecast.pods[0].outcome is treatment
    assert forecast.pods[0].certain
    assert [finding.code for finding in forecast.findings] == (["D2-DRAIN-002"] if treatment is NEVER else [])


def test_several_budgets_on_a_pod_are_a_certain_never_that_names_them() -> None:
    """T04."""
    world = three()
    world.deployment("web", "w1", "w2", "w3")
    world.budget("one", app="web", maxUnavailable=1)
    world.budget("two", app="web", maxUnavailable=2)

    forecast = world.drain("w1").nodes[0]

    assert (forecast.outcome, forecast.pods[0].certain) == (NEVER, True)
    assert [finding.code for finding in forecast.findings] == ["D2-DRAIN-005"]
    assert "shop/one, shop/two" in forecast.findings[0].message


# Budgets that never allow anything -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "spec", "hopeless"),
    [
        (3, {"maxUnavailable": 0}, True),
        (3, {"maxUnavailable": "0%"}, True),
        (3, {"minAvailable": "100%"}, True),
        (3, {"minAvailable": 3}, True),
        (3, {"minAvailable": 4}, True),
        (1, {"minAvailable": 1}, True),
        (1, {"minAvailable": "50%"}, True),  # of one pod: one, because percentages are rounded up
        (2, {"minAvailable": "51%"}, True),
        (1, {"maxUnavailable": "10%"}, False),  # of one pod: one
        (3, {"minAvailable": 2}, False),
        (3, {"minAvailable": "50%"}, False),
        (3, {"maxUnavailable": 1}, False),
        (3, {"maxUnavailable": "100%"}, False),
    ],
)
def test_a_budget_that_leaves_none_to_spare_is_a_certain_never(
    replicas: int, spec: dict[str, Any], hopeless: bool
) -> None:
    """T02, T59."""
    world = three()
    world.deployment("web", *["w1", "w2", "w3"][:replicas])
    world.budget(**spec)

    forecast = world.drain("w1").nodes[0]

    pod = forecast.pods[0]
    assert (pod.outcome, pod.certain) == (NEVER if hopeless else LEAVES, True)
    assert [finding.code for finding in forecast.findings] == (["D2-DRAIN-011"] if hopeless else [])
    if hopeless:
        finding = forecast.findings[0]
        assert (finding.subject, finding.acceptable) == ("PodDisruptionBudget/shop/web", True)
        assert "shop/web-0" in finding.message
        assert finding.remedy


def budget_of_an_operator(world: World) -> None:
    world.pod("web-0", "w1", owner="Cluster/pg", owner_api="postgresql.cnpg.io/v1")
    world.budget(minAvailable=1, owner="Cluster/pg")


def operator_owned_set(world: World) -> None:
    world.stateful_set("web", "w1")
    world.objects["/apis/apps/v1/statefulsets"][0]["metadata"]["ownerReferences"] = [
        {"apiVersion": "example.com/v1", "kind": "Broker", "name": "b", "uid": "uid-b", "controller": True}
    ]
    world.budget(minAvailable=1)


def rollout(world: World) -> None:
    world.deployment("web", "w1")
    world.objects["/apis/apps/v1/deployments"][0]["status"]["updatedReplicas"] = 0
    world.budget(minAvailable=1)


def autoscaled(world: World) -> None:
    world.deployment("web", "w1", "w2")
    world.autoscaler("web", 5)
    world.budget(minAvailable=2)


def autoscaled_but_in_vain(world: World) -> None:
    world.deployment("web", "w1", "w2")
    world.autoscaler("web", 5)
    world.budget(maxUnavailable=0)


def sync_failed(world: World) -> None:
    world.pod("web-0", "w1", owner="Broker/b", owner_api="example.com/v1")
    conditions = [{"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed"}]
    world.budget(maxUnavailable=1, status={"observedGeneration": 0, "conditions": conditions, "disruptionsAllowed": 0})


def job_without_scale(world: World) -> None:
    world.controller("Job", "web", 1)
    world.pod("web-0", "w1", owner="Job/web", owner_api="batch/v1")
    world.budget(maxUnavailable=1, status={"observedGeneration": 0, "disruptionsAllowed": 0})


def bare_pods_of_a_share(world: World) -> None:
    world.pod("web-0", "w1")
    world.budget(maxUnavailable=1)


@pytest.mark.parametrize(
    ("arrange", "outcome", "certain", "says"),
    [
        (budget_of_an_operator, UNKNOWN, False, "Cluster pg manages the budget, which may move it when asked"),
        (operator_owned_set, NEVER, False, "Broker b manages them"),
        (rollout, NEVER, False, "is being changed"),
        (autoscaled, NEVER, False, "autoscaler web may add pods"),
        (autoscaled_but_in_vain, NEVER, True, "maxUnavailable 0"),
        (sync_failed, NEVER, False, "SyncFailed"),
        (job_without_scale, NEVER, True, "has no scale"),
        (bare_pods_of_a_share, NEVER, True, "counts only pods with a controller"),
    ],
)
def test_never_is_certain_only_where_nothing_can_change_it(
    arrange: Callable[[World], None], outcome: Outcome, certain: bool, says: str
) -> None:
    world = three()
    arrange(world)

    forecast = world.drain("w1", force=True).nodes[0]

    pod = forecast.pods[0]
    assert (pod.outcome, pod.certain) == (outcome, certain)
    assert says in pod.reason
    assert bool(forecast.findings) is certain
    assert bool(forecast.warnings) is not certain


@pytest.mark.parametrize(
    ("replicas", "lowest", "spec", "told"),
    [
        (3, 2, {"minAvailable": 2}, True),  # equality leaves none to spare either
        (3, 3, {"minAvailable": 2}, False),
        (3, 2, {"minAvailable": "50%"}, False),  # of two pods: one
        (3, 2, {"maxUnavailable": 1}, False),
    ],
)
def test_a_budget_that_an_autoscaler_can_exhaust_is_told_while_it_still_has_room(
    replicas: int, lowest: int, spec: dict[str, Any], told: bool
) -> None:
    """T59."""
    world = three()
    world.deployment("web", *["w1", "w2", "w3"][:replicas])
    world.autoscaler("web", 9, lowest=lowest)
    world.budget(**spec)

    forecast = world.drain("w1").nodes[0]

    assert forecast.outcome is LEAVES
    assert [w.code for w in forecast.warnings] == (["D2-DRAIN-012"] if told else [])


# Budgets and placement together --------------------------------------------------------------------------------------


def test_pods_of_one_budget_go_one_after_the_other_as_successors_get_ready() -> None:
    """T27: with one allowed, one leaves and the others wait."""
    world = three()
    world.deployment("web", "w1", "w1", "w1")
    world.budget(maxUnavailable=1)

    pods = world.pods_of("w1")

    assert [pods[f"web-{n}"].outcome for n in range(3)] == [LEAVES, SLOW, SLOW]
    highs = [pods[f"web-{n}"].seconds.high for n in range(3)]
    assert highs == sorted(highs)
    assert highs[2] > highs[0] + 60  # two successors had to start meanwhile
    assert pods["web-1"].budget == "shop/web"


def test_a_successor_without_room_keeps_its_budget_at_zero() -> None:
    world = World().nodes("w1", cpu="4").nodes("w2", cpu="1")
    world.deployment("web", "w1", "w1", cpu="2")
    world.budget(maxUnavailable=1)

    pods = world.pods_of("w1")

    assert (pods["web-0"].outcome, pods["web-0"].successor) == (LEAVES, Successor.NO_ROOM)
    assert not pods["web-0"].certain  # the one budget lets either of them go
    assert (pods["web-1"].outcome, pods["web-1"].certain) == (NEVER, True)  # w2 is too small for it, however empty
    assert "finds no room" in pods["web-1"].reason


def test_no_room_for_the_moment_is_an_estimate() -> None:
    world = three()
    world.deployment("web", "w1", "w1", cpu="2")
    world.deployment("filler", "w2", "w3", cpu="3")
    world.budget(maxUnavailable=1)

    forecast = world.drain("w1").nodes[0]

    assert [(pod.outcome, pod.certain) for pod in forecast.pods] == [(LEAVES, False), (NEVER, False)]
    assert forecast.findings == ()
    assert {warning.code for warning in forecast.warnings} == {"D2-DRAIN-012", "D2-DRAIN-013"}
    assert "too little cpu left" in forecast.pods[0].successor_why


@pytest.mark.parametrize("shy", ["shy", "very-shy", "xenophobic"])
def test_what_depends_on_the_schedulers_choice_of_nodes_is_unknown(shy: str) -> None:
    """One node is left to web if shy joins the shy pod that is there, and none if it takes the other node first."""
    world = World().nodes("w1", "w2", "w3", "w4")
    world.deployment("web", "w1", "w1")
    world.deployment(shy, "w2", "w3", affinity=HOST_ANTI_AFFINITY)
    world.budget(maxUnavailable=1)

    first, second = world.drain("w1", "w2").nodes[0].pods

    assert (first.outcome, second.outcome) == (LEAVES, UNKNOWN)
    assert second.reason.startswith("whether budget shop/web allows it depends on which pods go first")
    assert second.budget == "shop/web"


@pytest.mark.parametrize("zones", [("a", "b", "c"), ("b", "a", "c"), ("b", "c", "a")])
def test_whichever_of_the_pods_has_to_go_first_for_another_to_follow_is_found(zones: tuple[str, str, str]) -> None:
    """Only when the pod of zone a has gone first, the node that is left in zone a takes one."""
    world = World()
    for name, zone in zip(("w1", "w2", "w3", "w4"), (*zones, "a"), strict=True):
        world.node(name, zone=zone)
    world.deployment("web", "w1", "w2", "w3", affinity=ZONE_ANTI_AFFINITY)
    world.budget(maxUnavailable=1)

    outcomes = [pod.outcome for node in world.drain("w1", "w2", "w3").nodes for pod in node.pods]

    assert sorted(outcomes) == [LEAVES, NEVER, UNKNOWN]


@pytest.mark.parametrize("rotation", range(5))
def test_how_many_go_at_most_is_found_whatever_the_order_of_the_pods(rotation: int) -> None:
    """The two of zone a have to go before others: their successors find room there, and those of b and c nowhere."""
    world = World()
    for name, zone in (("w1", "a"), ("w2", "b"), ("w3", "c"), ("w4", "a")):
        world.node(name, zone=zone)
    on = ["w1", "w2", "w2", "w3", "w1"]
    world.deployment("web", *on[rotation:], *on[:rotation], topologySpreadConstraints=OVER_ZONES)
    world.budget(maxUnavailable=1)

    outcomes = Counter(pod.outcome for node in world.drain("w1", "w2", "w3").nodes for pod in node.pods)

    assert outcomes == {LEAVES: 1, UNKNOWN: 2, NEVER: 2}


@pytest.mark.parametrize("nodes", [("w1", "w2", "w3"), ("w3", "w2", "w1")])
def test_what_depends_on_which_pod_goes_first_is_unknown(nodes: tuple[str, str, str]) -> None:
    """Zone a has no other node: once its pod is gone, every zone has to wait for it before it takes another one."""
    world = World()
    for name, zone in (("w1", "a"), ("w2", "b"), ("w3", "c"), ("w4", "c")):
        world.node(name, zone=zone)
    world.deployment("web", *nodes, topologySpreadConstraints=OVER_ZONES)
    world.budget(maxUnavailable=1)

    outcomes = [pod.outcome for node in world.drain("w1", "w3").nodes for pod in node.pods]

    assert sorted(outcomes) == [LEAVES, UNKNOWN]


def test_with_room_wherever_pods_go_the_schedulers_choice_does_not_matter() -> None:
    world = World().nodes("w1", "w2", "w3", "w4")
    world.deployment("web", "w1", "w1")
    world.deployment("shy", "w2", "w3")
    world.budget(maxUnavailable=1)

    assert [pod.outcome for pod in world.drain("w1", "w2").nodes[0].pods] == [LEAVES, SLOW]


def test_nodes_together_may_share_a_budget_that_each_alone_could_use() -> None:
    world = three()
    world.deployment("web", "w1", "w2", "w3", affinity=HOST_ANTI_AFFINITY)
    world.budget(maxUnavailable=1)

    alone = [world.drain(name).outcome for name in ("w1", "w2")]
    together = world.drain("w1", "w2")

    assert alone == [LEAVES, LEAVES]
    assert [node.outcome for node in together.nodes] == [LEAVES, NEVER]
    assert not together.nodes[1].pods[0].certain  # w1 comes back some day
    assert together.nodes[1].findings == ()


def test_one_node_after_the_other_works_where_together_does_not() -> None:
    world = three()
    world.deployment("web", "w1", "w2", "w3", affinity=HOST_ANTI_AFFINITY)
    world.budget(maxUnavailable=1)
    forecaster = world.forecaster()

    assert [forecaster.drain([name]).outcome for name in ("w1", "w2", "w3")] == [LEAVES] * 3


def test_a_trial_leaves_everything_as_it_was() -> None:
    world = three()
    world.deployment("web", "w1", "w1", "w2", cpu="1500m")
    world.stateful_set("db", "w1", "w2")
    world.budget(maxUnavailable=1)
    forecaster = world.forecaster()

    first = forecaster.trial(["w1", "w2"])

    assert forecaster.trial(["w1", "w2"]) == first
    assert forecaster.drain(["w1", "w2"]) == first


def test_an_attempt_is_a_drain_when_it_is_kept_and_a_trial_when_it_is_taken_back() -> None:
    world = three()
    world.deployment("web", "w1", "w1", "w2", cpu="1500m")
    attempted, drained = world.forecaster(), world.forecaster()

    assert attempted.attempt(["w1", "w2"]) == drained.trial(["w1", "w2"])
    attempted.take_back()
    assert attempted.attempt(["w1"]) == drained.drain(["w1"])
    attempted.keep()
    assert attempted.drain(["w2"]) == drained.drain(["w2"])


def test_where_pods_went_is_remembered_from_set_to_set() -> None:
    world = World().nodes("w1", "w2")
    world.deployment("web", "w1")
    forecaster = world.forecaster()

    seen = [[pod.name for pod in forecaster.drain([name]).nodes[0].pods] for name in ("w1", "w2", "w2")]

    assert seen == [["web-0"], ["web-0"], []]


def test_a_pod_that_finished_leaves_no_room_when_it_goes() -> None:
    world = World().nodes("w1", "w2")
    world.controller("DaemonSet", "agent", 2)
    world.pod("agent-w1", "w1", owner="DaemonSet/agent", cpu="4")
    world.pod("once", "w1", owner="Job/once", owner_api="batch/v1", phase="Succeeded", ready=False, cpu="4")
    world.deployment("web", "w2", cpu="1")
    forecaster = world.forecaster()

    assert by_name(forecaster.drain(["w1"]))["once"].outcome is LEAVES
    assert by_name(forecaster.drain(["w2"]))["web-0"].successor is Successor.NO_ROOM


def test_local_volumes_bring_their_pod_back_when_its_node_is_back() -> None:
    world = three()
    for number, name in enumerate(("w1", "w2", "w3")):
        world.claim(f"data-{number}", node=name)
    pods = world.stateful_set("db", "w1", "w2", "w3")
    for number, pod in enumerate(pods):
        pod["spec"]["volumes"] = [{"name": "d", "persistentVolumeClaim": {"claimName": f"data-{number}"}}]
    world.budget("db", maxUnavailable=1)
    forecaster = world.forecaster()

    for name in ("w1", "w2", "w3"):
        forecast = forecaster.drain([name]).nodes[0]
        assert (forecast.outcome, forecast.pods[0].successor) == (LEAVES, Successor.NO_ROOM)
        assert "its volumes cannot be used there" in forecast.pods[0].successor_why


def test_a_budget_that_covers_two_workloads_is_shared_by_them() -> None:
    world = three()
    world.deployment("a", "w1", "w2", app="web")
    world.deployment("b", "w1", "w2", app="web")
    world.budget(minAvailable="75%")

    pods = world.pods_of("w1")

    assert sorted(pod.outcome.value for pod in pods.values()) == ["leaves", "slow"]


@pytest.mark.parametrize(
    ("budget", "outcome"),
    [({"maxUnavailable": 1}, UNKNOWN), ({"minAvailable": "60%"}, UNKNOWN), ({"minAvailable": 3}, NEVER)],
)
def test_a_budget_of_two_sets_forgets_the_one_that_has_no_pod_for_a_moment(
    budget: dict[str, Any], outcome: Outcome
) -> None:
    """With its only pod gone, the set's controller is not asked how many there are to be, until it made another one."""
    world = World().nodes("w1", "w2")
    world.stateful_set("single", "w1", labels={"app": "both"})
    world.stateful_set("triple", "w1", "w1", "w2", labels={"app": "both"})
    world.budget("both", **budget)

    pods = world.pods_of("w1", "w2")

    assert [pods[name].outcome for name in ("single-0", "triple-0", "triple-1", "triple-2")] == [LEAVES, *[outcome] * 3]
    if outcome is UNKNOWN:
        assert "just while StatefulSet single has no pod" in pods["triple-0"].reason


def test_a_stateful_sets_successor_comes_only_after_the_old_pod_is_gone() -> None:
    world = three()
    world.stateful_set("db", "w1", "w1", grace=100)
    world.budget("db", maxUnavailable=1)

    pods = world.pods_of("w1")

    assert pods["db-1"].seconds.high >= 100 + 60 + 100


def test_a_stateful_set_makes_no_pod_behind_one_that_is_broken() -> None:
    world = three()
    pods = world.stateful_set("db", "w2", "w1", "w1")
    pods[0]["status"]["conditions"][0]["status"] = "False"
    world.budget("db", minAvailable=1)

    found = world.pods_of("w1")

    assert sorted(pod.outcome.value for pod in found.values()) == ["leaves", "never"]
    assert "once those before it are ready" in next(p.reason for p in found.values() if p.outcome is NEVER)


# Pods that are not well ----------------------------------------------------------------------------------------------


def test_a_crashing_pod_stays_under_an_exhausted_budget_and_always_allow_is_recommended() -> None:
    """T30."""
    world = three()
    world.deployment("web", "w1", "w2", ready=False, waiting="CrashLoopBackOff")
    world.budget(minAvailable=1)

    forecast = world.drain("w1").nodes[0]

    assert (forecast.pods[0].outcome, forecast.pods[0].certain) == (NEVER, False)
    assert "AlwaysAllow" in forecast.warnings[0].remedy


def test_with_always_allow_a_crashing_pod_leaves() -> None:
    """T30."""
    world = three()
    world.deployment("web", "w1", "w2", ready=False, waiting="CrashLoopBackOff")
    world.budget(minAvailable=1, unhealthyPodEvictionPolicy="AlwaysAllow")

    assert world.pods_of("w1")["web-0"].outcome is LEAVES


def test_a_crashing_pod_leaves_while_enough_others_are_healthy() -> None:
    world = three()
    pods = world.deployment("web", "w1", "w2", "w3")
    pods[0]["status"]["conditions"][0]["status"] = "False"
    world.budget(minAvailable=2)

    assert world.pods_of("w1")["web-0"].outcome is LEAVES


def test_a_healthy_pod_waits_for_good_where_broken_ones_use_up_the_budget() -> None:
    world = three()
    pods = world.deployment("web", "w1", "w2", "w3")
    pods[1]["status"]["conditions"][0]["status"] = "False"
    world.budget(maxUnavailable=1)

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain) == (NEVER, False)
    assert "web-1 not ready" in pod.reason


def test_a_pod_that_is_only_starting_frees_the_budget_soon() -> None:
    world = three()
    pods = world.deployment("web", "w1", "w2", "w3")
    pods[1]["status"]["conditions"][0].update(status="False", lastTransitionTime=JUST_NOW)
    world.budget(maxUnavailable=1)

    assert world.pods_of("w1")["web-0"].outcome is SLOW


def test_a_pod_pending_for_long_where_room_is_seen_makes_the_answer_unknown() -> None:
    world = three()
    world.deployment("web", "w1", "w2", replicas=3)
    world.pod("web-2", "", owner="ReplicaSet/web", phase="Pending", ready=False, since=LONG_AGO)
    world.budget(minAvailable=2)

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain) == (UNKNOWN, False)
    assert "it is Pending although there seems to be room" in pod.reason


def test_a_pod_that_was_just_made_is_placed_and_frees_the_budget() -> None:
    world = three()
    world.deployment("web", "w1", "w2", replicas=3)
    world.pod("web-2", "", owner="ReplicaSet/web", phase="Pending", ready=False, since=JUST_NOW)
    world.budget(minAvailable=2)

    assert world.pods_of("w1")["web-0"].outcome is SLOW


def test_a_pending_pod_leaves_whatever_its_budget_says() -> None:
    world = three()
    world.deployment("web", "w1", phase="Pending", ready=False)
    world.budget(maxUnavailable=0)

    assert world.pods_of("w1")["web-0"].outcome is LEAVES


@pytest.mark.parametrize(
    ("pod", "outcome"),
    [
        ({"terminating": LONG_AGO, "finalizers": ["example.com/hold"]}, NEVER),
        ({"finalizers": ["example.com/hold"]}, UNKNOWN),
        ({"finalizers": ["batch.kubernetes.io/job-tracking"]}, LEAVES),
        ({"terminating": JUST_NOW}, LEAVES),
    ],
)
def test_a_finalizer_is_told_apart_from_a_budget(pod: dict[str, Any], outcome: Outcome) -> None:
    """T09."""
    world = three()
    world.deployment("web", "w1", **pod)

    found = world.pods_of("w1")["web-0"]

    assert found.outcome is outcome
    assert not (outcome is NEVER and found.certain)


def test_pods_of_a_namespace_that_goes_leave_by_themselves_budget_or_not() -> None:
    world = three()
    world.objects["/api/v1/namespaces"].clear()
    world.namespace(terminating=True)
    world.deployment("web", "w1")
    world.budget(maxUnavailable=0)

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain, pod.successor) == (LEAVES, False, Successor.NONE)
    assert "namespace shop is being deleted" in pod.reason


def test_pods_of_a_controller_that_wants_none_leave_by_themselves() -> None:
    world = three()
    world.deployment("web", "w1", replicas=0)
    world.objects["/apis/apps/v1/replicasets"][0]["status"]["replicas"] = 1
    world.budget(maxUnavailable=1)

    assert world.pods_of("w1")["web-0"].outcome is LEAVES


def test_a_stale_budget_is_worked_out_and_not_certain() -> None:
    world = three()
    world.deployment("web", "w1", "w2", "w3")
    world.budget(maxUnavailable=1, status={"observedGeneration": 0, "disruptionsAllowed": 0})

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain) == (LEAVES, False)


# What is not modelled ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        {"schedulerName": "volcano"},
        {"schedulingGates": [{"name": "example.com/gate"}]},
        {"resourceClaims": [{"name": "gpu"}]},
        {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "unheard-of"}}]},
    ],
)
def test_what_is_not_modelled_is_unknown_and_never_fine(spec: dict[str, Any]) -> None:
    world = three()
    world.deployment("web", "w1", "w1", **spec)
    world.budget(maxUnavailable=1)

    pods = world.pods_of("w1")

    assert (pods["web-0"].outcome, pods["web-0"].successor) == (LEAVES, Successor.UNKNOWN)
    assert pods["web-1"].outcome is UNKNOWN


def test_a_node_that_is_not_heard_makes_every_answer_an_estimate() -> None:
    world = World().nodes("w1", ready=None).nodes("w2")
    world.deployment("web", "w1")

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain) == (LEAVES, False)


# Pods that come back -------------------------------------------------------------------------------------------------

TOLERATES_CORDON = [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]


def test_pods_that_tolerate_the_cordon_are_named() -> None:
    world = three()
    world.deployment("web", "w1", tolerations=TOLERATES_CORDON)

    forecast = world.drain("w1").nodes[0]

    assert forecast.pods[0].successor is Successor.BACK
    assert "D2-DRAIN-008" in [warning.code for warning in forecast.warnings]


def test_a_pod_that_can_only_come_back_keeps_the_node_from_being_emptied() -> None:
    world = three()
    world.deployment("web", "w1", tolerations=TOLERATES_CORDON, nodeSelector={"kubernetes.io/hostname": "w1"})

    pod = world.pods_of("w1")["web-0"]

    assert (pod.outcome, pod.certain) == (NEVER, False)


# Turns ---------------------------------------------------------------------------------------------------------------


def test_a_pod_whose_turn_never_comes_is_told_so_with_what_it_waits_for() -> None:
    world = three()
    world.deployment("web", "w1")
    world.budget(maxUnavailable=0)
    world.stateful_set("db", "w1", claims=["data"])
    world.claim("data")

    pods = world.pods_of("w1")

    assert pods["db-0"].outcome is NEVER
    assert "its turn comes after shop/web-0" in pods["db-0"].reason


def test_storage_goes_after_the_others_are_gone() -> None:
    world = three()
    world.deployment("web", "w1", grace=50)
    world.stateful_set("db", "w1", claims=["data"], grace=20)
    world.claim("data")

    pods = world.pods_of("w1")

    assert pods["db-0"].seconds.high == pods["web-0"].seconds.high + 22


@pytest.mark.parametrize("room", ["4", "100m"])
def test_critical_pods_without_a_budget_go_one_after_the_other(room: str) -> None:
    """T33."""
    world = World().nodes("w1").nodes("w2", cpu=room)
    dns = {"priority": 2_000_000_000, "labels": {"pod-template-hash": "1"}, "cpu": "1"}
    world.deployment("dns", "w1", "w1", **dns)

    pods = world.pods_of("w1")

    assert [pods[name].outcome for name in ("dns-0", "dns-1")] == [LEAVES, SLOW]
    # Whether the one before gets ready or finds no room: nobody waits for it longer than half a minute.
    assert pods["dns-1"].seconds.high == 30 + 32


def test_when_a_pod_finishes_by_itself_is_unknown() -> None:
    world = three()
    world.deployment("web", "w1")
    rule = Rule(RuleAction.WAIT_COMPLETED, Selector.parse("app=web"))

    assert world.pods_of("w1", rules=(rule,))["web-0"].outcome is UNKNOWN


# What people are told ------------------------------------------------------------------------------------------------


def test_whom_to_call_is_what_the_nearest_object_says() -> None:
    world = three()
    world.deployment("web", "w1")
    world.deployment("api", "w1")
    world.objects["/apis/apps/v1/deployments"][0]["metadata"]["annotations"] = {"team": "shop-web"}
    world.objects["/api/v1/namespaces"][0]["metadata"]["labels"] = {"team": "shop"}
    pods = by_name(Forecaster(world.observed(contact_key="team"), DrainOptions()).drain(["w1"]))

    assert (pods["web-0"].contact, pods["api-0"].contact) == ("shop-web", "shop")


def test_one_cause_is_told_once_with_all_its_pods() -> None:
    world = three()
    world.deployment("web", "w1", "w1")
    world.budget(maxUnavailable=0)

    findings = world.drain("w1").nodes[0].findings

    assert len(findings) == 1
    assert "shop/web-0, shop/web-1" in findings[0].message


def test_a_drain_that_cannot_meet_its_deadline_is_told_beforehand() -> None:
    world = three()
    world.deployment("web", *["w1"] * 9)
    world.budget(maxUnavailable=1)

    warnings = world.drain("w1", timeout_seconds=10).nodes[0].warnings

    assert "the drain's deadline is 10 s" in warnings[0].message


def test_an_unknown_node_is_an_error() -> None:
    with pytest.raises(KeyError):
        three().drain("w9")
