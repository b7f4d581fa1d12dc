# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.nodes_ready import NodesReady
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, Severity
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, control_plane_node, node


def test_ready_nodes_pass_cordoned_or_not() -> None:
    assert NodesReady().evaluate(cluster(nodes=[node("w1", cordoned=True)])).findings == ()


@pytest.mark.parametrize("ready", [False, None])
def test_a_control_plane_node_that_is_not_ready_fails(ready: bool | None) -> None:
    verdict = NodesReady().evaluate(cluster(nodes=[control_plane_node("cp2", ready=ready)]))

    assert verdict.outcome is Outcome.FAIL
    assert [(finding.code, finding.subject) for finding in verdict.findings] == [("D2-NODE-005", "cp2")]


@pytest.mark.parametrize("ready", [False, None])
def test_a_worker_that_is_not_ready_is_a_warning(ready: bool | None) -> None:
    verdict = NodesReady().evaluate(cluster(nodes=[node("w2", ready=ready)]))

    assert verdict.outcome is Outcome.PASS
    assert [(f.code, f.subject, f.severity) for f in verdict.findings] == [("D2-NODE-007", "w2", Severity.WARNING)]


def test_a_node_in_hand_excuses_only_itself() -> None:
    taken = cluster(nodes=[control_plane_node("cp1", ready=False), control_plane_node("cp2", ready=False)])

    verdict = NodesReady().evaluate(taken, frozenset({"cp1"}))

    assert [finding.subject for finding in verdict.findings] == ["cp2"]
