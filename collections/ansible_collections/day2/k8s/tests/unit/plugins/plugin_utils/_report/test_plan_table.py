# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._report.plan_table import render_plan
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import judge
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Pool
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils import populated
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    AT,
    NEW,
    OLD,
    UID,
    cluster,
    host,
    intent,
    node,
)

EVERYTHING = """
PLAN           upgrade to Kubernetes 1.36.3
environment    prod
cluster        5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
observed       2026-03-01T12:00:00Z
intent         sha256:12c43f38245f2ed348446b1e2cf856f04f53f2b03158284c02e1e2e664fa090d
control plane  1.35.4 -> 1.36.3
at once        1 node
takes          12-85 min in 6 waves; an estimate, with the drains as forecast
costs          12 evictions; a pod can be moved more than once
costs          1 pod without room elsewhere until a node is back

each: cordon, drain, kubeadm upgrade node, kubelet 1.36.3-1.1, verify, uncordon

#  wave  node  role           zone  from    drain                                    takes     otherwise
1  1     cp2   control plane  -     1.35.4  nothing to evict                         3-7 min   kubeadm upgrade apply
2  2     cp3   control plane  -     1.35.4  nothing to evict                         3-7 min   -
3  3     cp1   control plane  -     1.35.4  nothing to evict                         3-7 min   -
4  4     w1    canary         a     1.35.4  slow: 1 of 3 pods wait, 4-92 s           1-3 min   -
5  5     w2    worker         b     1.35.4  NEVER ends: 1 of 4 pods                  1-31 min  -
6  6     w3    worker         a     1.35.4  NEVER ends: 1 of 7 pods; 1 without room  1-31 min  -

slow, as pods wait for:
  w1  budget shop/cache (1 pod)
  w2  budget shop/cache (1 pod)
  w3  budget shop/cache (2 pods), budget shop/web (1 pod)

WARNING D2-DRAIN-013  shop/gpu-0: finds no other node (of 6 nodes: 5 nodeSelector, 1 cordoned)
       make room on another node, or relax what the pod demands

REFUSED D2-DRAIN-011  PodDisruptionBudget/shop/db: keeps shop/db-0 on node w2 for good: budget shop/db never allows
       it: minAvailable 2 of 2 pods leaves none to spare; the same on 1 other node: w3
why    a drain never bypasses a disruption budget, so that it would wait until its deadline and fail
state  nothing was changed
do     run 3 pods, or lower minAvailable (call team-data) (docs/codes.md#d2-drain-011)
accept day2_accept: [{code: D2-DRAIN-011, subject: "PodDisruptionBudget/shop/db", reason: "<why>", expires:
       "<YYYY-MM-DD>"}]

VERDICT refused: 1 finding to resolve or accept first; nothing was changed
"""


def text(taken: Snapshot, **options: Any) -> str:
    assessment = judge(taken, intent(**options))
    return render_plan(
        assessment.plan.to_dict(),
        assessment.findings,
        [accepted.to_dict() for accepted in assessment.accepted],
        result=assessment.result.value,
        environment="prod",
        cluster_uid=UID,
        observed_at=AT,
    )


def test_a_plan_with_everything_in_it_reads_like_this() -> None:
    """A budget that is busy for a moment, one that never allows anything, and a pod with nowhere to go."""
    taken = populated.snapshot(
        populated.workload("web", ["w1", "w2", "w3"]),
        populated.budget("web", 3, maxUnavailable=1),
        populated.workload("cache", ["w1", "w1", "w3"]),
        populated.budget("cache", 3, maxUnavailable=1),
        populated.workload("db", ["w2", "w3"], kind="StatefulSet", owner="team-data"),
        populated.budget("db", 2, minAvailable=2),
        populated.workload("gpu", ["w3"], selector={"kubernetes.io/hostname": "w3"}),
    )

    assert text(taken).splitlines() == EVERYTHING.strip().splitlines()


def test_nodes_that_can_go_together_share_a_wave() -> None:
    shown = text(populated.snapshot(populated.workload("web", ["w1", "w2", "w3"])), max_unavailable=2)

    rows = [line.split()[1:3] for line in shown.splitlines() if line.split()[2:3] and line[0].isdigit()]
    assert rows == [["1", "cp2"], ["2", "cp3"], ["3", "cp1"], ["4", "w1"], ["5", "w2"], ["5", "w3"]]
    assert "at once        2 nodes" in shown


def test_pools_and_zones_are_told() -> None:
    nodes = [node("w1", zone="a", labels={"pool": "db"}), node("w2", zone="b")]

    shown = text(cluster(nodes=nodes), pools=(Pool("db", "pool=db", 1),), one_zone_at_a_time=True, max_unavailable=3)

    assert "at once        3 nodes, 1 of pool db, nodes of one zone only" in shown
    assert any(line.split()[1:5] == ["w1", "worker", "a", "db"] for line in shown.splitlines())


def test_what_a_node_needs_besides_the_usual_is_told() -> None:
    shown = text(cluster(nodes=[node("w2", cordoned=True)]), max_unavailable=2)

    assert f"each: cordon, drain, kubeadm upgrade node, kubelet {NEW}-1.1, verify, uncordon" in shown
    (row,) = (line for line in shown.splitlines() if " w2 " in line and line[0].isdigit())
    assert row.endswith("keep the cordon of somebody else, leave cordoned")


def test_of_a_long_plan_what_is_special_is_shown_and_the_rest_counted() -> None:
    many = [f"w{number}" for number in range(1, 101)]
    db = populated.workload("db", ["w100"], kind="StatefulSet")
    taken = populated.snapshot(
        populated.nodes(workers=many), db, populated.budget("db", 1, minAvailable=1), workers=many
    )

    shown = text(taken)

    rows = [line for line in shown.splitlines() if line[:1].isdigit()]
    assert len(rows) == 40
    assert "NEVER ends: 1 of 1 pod" in rows[-1]
    assert "... and 63 nodes more; of their drains: leaves 63" in shown


def test_what_changed_since_a_plan_was_agreed_on_is_told() -> None:
    drift = {
        "material": ["w1, w2: the drain was forecast as leaves, is now never"],
        "immaterial": ["w3: done meanwhile"],
    }
    plan = judge(cluster(), intent()).plan.to_dict()

    shown = render_plan(plan, (), (), drift=drift, result="ready", environment="", cluster_uid=UID, observed_at=AT)

    assert "DRIFT  since the plan was made\n  material    w1, w2: the drain was" in shown
    assert "  immaterial  w3: done meanwhile" in shown


def test_that_nothing_changed_is_told_too() -> None:
    nothing: dict[str, list[str]] = {"material": [], "immaterial": []}
    plan = judge(cluster(), intent()).plan.to_dict()

    shown = render_plan(plan, (), (), drift=nothing, result="ready", environment="", cluster_uid=UID, observed_at=AT)

    assert "DRIFT  nothing changed since the plan was made" in shown


def test_no_line_is_too_long_to_be_read() -> None:
    shown = text(cluster(hosts=[host("w2", machine_id="f" * 32), host("w3", reachable=False)]))

    assert max(map(len, shown.splitlines())) <= 120


def test_the_verdict_is_the_last_line() -> None:
    assert text(cluster()).splitlines()[-1] == (
        f"VERDICT ready: 3 control-plane nodes and 3 workers to upgrade to {NEW}; nothing was changed"
    )
    assert text(cluster(running=NEW)).splitlines()[-1] == f"VERDICT done: nothing to do for {NEW}"


def test_a_refused_plan_shows_its_blockers_with_remedy_before_the_verdict() -> None:
    shown = text(cluster(hosts=[host("w2", reachable=False)]))

    assert "REFUSED D2-NODE-004  w2: " in shown
    assert "docs/codes.md#d2-node-004" in shown
    assert shown.splitlines()[-1] == "VERDICT refused: 1 finding to resolve first; nothing was changed"


def test_what_is_not_handled_is_shown_with_the_reason() -> None:
    taken = cluster(nodes=[node("w2", ready=False), node("w3", kubelet=NEW)])

    shown = text(taken, max_unavailable=2)

    assert "finished: w3" in shown
    assert f"left out:\n  w2  {OLD}  not Ready" in shown
    assert "WARNING D2-NODE-007  w2: worker is not Ready" in shown


def test_what_it_costs_is_said_beforehand() -> None:
    taken = cluster()
    outage = {"low": 40.0, "high": 120.0, "why": "one control-plane node"}
    single = {**judge(taken, intent()).plan.to_dict(), "notes": ["something else"], "api_outage": outage}

    shown = render_plan(single, (), (), result="ready", environment="prod", cluster_uid=UID, observed_at=AT)

    assert "costs          the API is away for about 1-2 min: one control-plane node" in shown
    assert "costs          something else" in shown


def test_accepted_findings_are_shown_as_accepted() -> None:
    finding = judge(cluster(hosts=[host("w2", package=None)]), intent()).findings[0]
    acceptance = Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", date(2026, 3, 1))
    accepted = [{**finding.to_dict(), "accepted": acceptance.to_dict()}]

    shown = render_plan(
        judge(cluster(), intent()).plan.to_dict(),
        (),
        accepted,
        result="ready",
        environment="",
        cluster_uid=UID,
        observed_at=AT,
    )

    assert f"ACCEPTED {finding.code}  w2: {finding.message}" in shown
    assert "until 2026-03-01: ticket 7" in shown
