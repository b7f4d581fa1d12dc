# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Controller
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workload import Workload, contact_of, is_built_in


def workload(kind: str, spec: dict[str, Any], status: dict[str, Any] | None = None, **metadata: Any) -> Workload:
    head = {"namespace": "shop", "name": "web", "uid": "u", "generation": 2, **metadata}
    return Workload.from_api({"metadata": head, "spec": spec, "status": status or {}}, kind)


@pytest.mark.parametrize(
    ("kind", "spec", "wanted"),
    [
        ("Deployment", {"replicas": 3}, 3),
        ("Deployment", {}, 1),
        ("StatefulSet", {"replicas": 0}, 0),
        ("Job", {"parallelism": 4}, 4),
        ("Job", {"parallelism": 4, "suspend": True}, 0),
        ("DaemonSet", {}, None),
    ],
)
def test_how_many_pods_a_controller_wants(kind: str, spec: dict[str, Any], wanted: int | None) -> None:
    assert workload(kind, spec).wanted == wanted


def test_one_that_is_being_deleted_wants_none() -> None:
    assert workload("Deployment", {"replicas": 3}, deletionTimestamp="2026-03-01T12:00:00Z").wanted == 0


@pytest.mark.parametrize(
    ("status", "changing"),
    [
        ({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3}, False),
        ({"observedGeneration": 1, "replicas": 3, "updatedReplicas": 3}, True),
        ({"observedGeneration": 2, "replicas": 4, "updatedReplicas": 3}, True),
        ({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1}, True),
    ],
)
def test_a_deployment_changes_while_what_it_wants_is_not_what_it_has(status: dict[str, Any], changing: bool) -> None:
    assert workload("Deployment", {"replicas": 3}, status).changing is changing


def test_a_stateful_set_makes_its_pods_in_order_unless_told_otherwise() -> None:
    assert workload("StatefulSet", {}).ordered
    assert not workload("StatefulSet", {"podManagementPolicy": "Parallel"}).ordered


def test_whom_to_call_is_an_annotation_or_a_label_of_the_operators_choice() -> None:
    metadata = {"annotations": {"owner": "a"}, "labels": {"owner": "b", "team": "c"}}

    assert [contact_of(metadata, key) for key in ("owner", "team", "none", "")] == ["a", "c", "", ""]


@pytest.mark.parametrize(
    ("api_version", "kind", "built_in"),
    [
        ("apps/v1", "ReplicaSet", True),
        ("v1", "ReplicationController", True),
        ("v1", "Node", True),
        ("apps.kruise.io/v1beta1", "StatefulSet", False),
        ("argoproj.io/v1alpha1", "Rollout", False),
    ],
)
def test_a_kind_of_its_own_group_is_somebodys_own(api_version: str, kind: str, built_in: bool) -> None:
    assert is_built_in(Controller(api_version, kind, "web", "u")) is built_in
