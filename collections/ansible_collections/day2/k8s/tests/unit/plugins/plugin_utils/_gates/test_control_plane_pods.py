# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.control_plane_pods import ControlPlanePods
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    cluster,
    control_plane_pods,
    mirror_pod,
)


def pods_with(changed: Pod | None, *, instead_of: str) -> list[Pod]:
    others = [pod for pod in control_plane_pods("cp1", "cp2", "cp3") if pod.name != instead_of]
    return [*others, changed] if changed else others


def test_all_static_pods_running_and_ready_pass() -> None:
    assert ControlPlanePods().evaluate(cluster()).outcome is Outcome.PASS


@pytest.mark.parametrize("component", ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ready": False}, "is Running but not Ready"),
        ({"phase": "Pending", "ready": False}, "is Pending"),
        ({"phase": "Failed", "ready": False}, "is Failed"),
        (None, "has no pod"),
    ],
)
def test_each_component_has_to_run(component: str, changes: dict[str, object] | None, words: str) -> None:
    changed = None if changes is None else mirror_pod(component, "cp2", **changes)
    taken = cluster(pods=pods_with(changed, instead_of=f"{component}-cp2"))

    verdict = ControlPlanePods().evaluate(taken)

    assert verdict.outcome is Outcome.FAIL
    assert [(finding.code, finding.subject) for finding in verdict.findings] == [("D2-POD-001", f"{component}-cp2")]
    assert words in verdict.findings[0].message


def test_only_the_node_in_hand_is_excused() -> None:
    taken = cluster(pods=control_plane_pods("cp3"))

    verdict = ControlPlanePods().evaluate(taken, frozenset({"cp1"}))

    assert {finding.subject.rpartition("-")[2] for finding in verdict.findings} == {"cp2"}


def test_external_etcd_has_no_pod() -> None:
    without_etcd = [pod for pod in control_plane_pods("cp1", "cp2", "cp3") if not pod.name.startswith("etcd")]

    assert ControlPlanePods().evaluate(cluster(pods=without_etcd, external_etcd=True)).outcome is Outcome.PASS
    assert ControlPlanePods().evaluate(cluster(pods=without_etcd)).outcome is Outcome.FAIL
