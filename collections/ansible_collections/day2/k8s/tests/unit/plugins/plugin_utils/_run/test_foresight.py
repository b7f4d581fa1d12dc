# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import BUDGETS, PODS
from ansible_collections.day2.k8s.plugins.plugin_utils._run.foresight import undrainable
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.populated import (
    Objects,
    budget,
    nodes,
    objects,
    snapshot,
    workload,
)

HOPELESS = (workload("db", ["w2", "w3"], kind="StatefulSet"), budget("db", 2, minAvailable=2))
BUSY = (workload("web", ["w1", "w2", "w3"]), budget("web", 3, maxUnavailable=1))


class Lists:
    """Stands in for Transport, with lists of objects; ``read`` are those that were asked for."""

    def __init__(self, *of: Objects) -> None:
        self._objects = objects(nodes(), *of)
        self.read: list[str] = []

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        self.read.append(path)
        node = (query or {}).get("fieldSelector", "").removeprefix("spec.nodeName=")
        everywhere = path.replace("/namespaces/shop", "")
        for raw in self._objects[everywhere]:
            if not node or raw["spec"]["nodeName"] == node:
                yield raw


def foreseen(api: Lists, name: str, accepted: Iterable[Acceptance] = (), **options: Any) -> list[Finding]:
    all_nodes = snapshot().nodes
    found = undrainable(
        api,  # type: ignore[arg-type] # a stand-in of the same shape
        name,
        all_nodes,
        drain=DrainOptions(**options),
        accepted=accepted,
        now_iso=AT,
    )
    return list(found)


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in findings]


def test_a_node_whose_pods_may_go_is_not_held_back_and_little_is_read() -> None:
    api = Lists(*BUSY)

    assert foreseen(api, "w1") == []
    assert api.read == [PODS, BUDGETS]


def test_a_budget_that_never_allows_it_is_certain() -> None:
    assert told(foreseen(Lists(*HOPELESS), "w2")) == [("D2-DRAIN-011", "PodDisruptionBudget/shop/db")]


def test_a_node_without_its_pods_does_not_care() -> None:
    assert foreseen(Lists(*HOPELESS), "w1") == []


def test_what_a_person_accepted_does_not_hold_it_back() -> None:
    accepted = Acceptance("D2-DRAIN-011", "PodDisruptionBudget/shop/db", "ticket 7", date(2027, 1, 1))

    assert foreseen(Lists(*HOPELESS), "w2", [accepted]) == []


def test_a_budget_that_is_only_used_up_for_now_is_not_certain() -> None:
    busy = budget("web", 3, maxUnavailable=1)
    busy[BUDGETS][0]["status"] |= {"disruptionsAllowed": 0, "currentHealthy": 2}

    assert foreseen(Lists(workload("web", ["w1", "w2", "w3"]), busy), "w1") == []


@pytest.mark.parametrize(("options", "expected"), [({}, ["D2-DRAIN-002"]), ({"force": True}, [])])
def test_pods_that_a_drain_may_not_evict_hold_it_back(options: dict[str, Any], expected: list[str]) -> None:
    bare = workload("bare", ["w1"])
    del bare[PODS][0]["metadata"]["ownerReferences"]

    assert [finding.code for finding in foreseen(Lists(bare), "w1", **options)] == expected


def test_daemon_sets_that_were_not_read_are_not_taken_for_gone() -> None:
    agent = workload("agent", ["w1"], kind="DaemonSet")

    assert foreseen(Lists(agent), "w1") == []
