# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._report.plan_table import render_plan
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import judge
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    UID,
    cluster,
    host,
    intent,
    node,
)


def text(taken: Snapshot, **options: Any) -> str:
    assessment = judge(taken, intent(**options))
    return render_plan(
        assessment.plan.to_dict(),
        assessment.findings,
        [accepted.to_dict() for accepted in assessment.accepted],
        result=assessment.result.value,
        environment="prod",
        cluster_uid=UID,
    )


def test_a_plan_names_its_cluster_and_has_a_line_for_each_node_in_order() -> None:
    lines = text(cluster(nodes=[node(name, zone="zone-a") for name in ("w1", "w2", "w3")])).splitlines()

    assert lines[:4] == [
        f"PLAN           upgrade to Kubernetes {NEW}",
        "environment    prod",
        f"cluster        {UID}",
        f"control plane  {OLD} -> {NEW}",
    ]
    assert lines[5].split() == ["#", "node", "role", "zone", "from", "what", "happens"]
    assert [line.split()[1] for line in lines[6:12]] == ["cp2", "cp3", "cp1", "w1", "w2", "w3"]
    assert "kubeadm upgrade apply" in lines[6]
    assert lines[9].split()[2:4] == ["canary", "zone-a"]


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
    single = {**judge(taken, intent()).plan.to_dict(), "notes": ["the API is away"]}

    shown = render_plan(single, (), (), result="ready", environment="prod", cluster_uid=UID)

    assert "mind           the API is away" in shown


def test_accepted_findings_are_shown_as_accepted() -> None:
    finding = judge(cluster(hosts=[host("w2", package=None)]), intent()).findings[0]
    acceptance = Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", date(2026, 3, 1))
    accepted = [{**finding.to_dict(), "accepted": acceptance.to_dict()}]

    shown = render_plan(
        judge(cluster(), intent()).plan.to_dict(), (), accepted, result="ready", environment="", cluster_uid=UID
    )

    assert f"ACCEPTED {finding.code}  w2: {finding.message}" in shown
    assert "until 2026-03-01: ticket 7" in shown
