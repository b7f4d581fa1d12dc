# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.cluster import workloads

IMAGES = {"web_image": "example/web:1", "pause_image": "example/pause:1", "metrics_server_image": "example/ms:1"}


def _item(kind: str, spec: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    meta = {"namespace": "shop", "name": "web", "generation": 1}
    return {"kind": kind, "metadata": meta, "spec": spec, "status": {"observedGeneration": 1, **status}}


def _node(name: str, ready: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.mark.parametrize("directory", [workloads.SAMPLES, workloads.OBSTACLES])
def test_every_manifest_is_complete_once_images_are_filled_in(directory: Path) -> None:
    documents = list(yaml.safe_load_all(workloads.render(directory, IMAGES)))
    assert all(document["kind"] and document["metadata"]["name"] for document in documents)
    assert documents[0]["kind"] == "Namespace", "the namespace has to be there before what lives in it"


def test_the_samples_are_the_kinds_of_workload_that_teams_have() -> None:
    kinds = {document["kind"] for document in yaml.safe_load_all(workloads.render(workloads.SAMPLES, IMAGES))}
    assert {"Deployment", "StatefulSet", "DaemonSet", "Job", "HorizontalPodAutoscaler", "PodDisruptionBudget"} <= kinds


def test_a_workload_is_pending_until_all_its_pods_are_ready() -> None:
    item = _item("Deployment", {"replicas": 6}, {"readyReplicas": 5})
    assert workloads.pending([item]) == ["Deployment shop/web 5/6"]
    assert workloads.pending([_item("Deployment", {"replicas": 6}, {"readyReplicas": 6})]) == []


def test_a_workload_that_its_controller_has_not_seen_is_pending() -> None:
    item = _item("DaemonSet", {}, {"observedGeneration": 0, "numberReady": 0, "desiredNumberScheduled": 0})
    assert workloads.pending([item]) == ["DaemonSet shop/web 0/0"]


def test_a_job_is_pending_until_it_has_succeeded() -> None:
    assert workloads.pending([_item("Job", {"completions": 1}, {})]) == ["Job shop/web 0/1"]
    assert workloads.pending([_item("Job", {"completions": 1}, {"succeeded": 1})]) == []


def test_nodes_that_are_missing_or_not_ready_are_named() -> None:
    found = workloads.unready_nodes([_node("a", "True"), _node("b", "Unknown")], ["a", "b", "c"])
    assert found == ["node b", "node c"]
