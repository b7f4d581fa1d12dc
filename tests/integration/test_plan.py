# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of drains from what a real API server, controllers and scheduler say, read with the product's own rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lists import ApiLists
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.snapshot_directory import Index, write
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import blocking
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import RESOURCES
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import (
    Assessment,
    Result,
    assess,
    assess_stored,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.foresight import undrainable
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.intent import Intent
from tests.harness import objects
from tests.harness.cluster import PRODUCT, Cluster
from tests.integration.runs import NEW, OLD

DRAIN = DrainOptions(delete_emptydir_data=True)


@pytest.fixture
def wanted(cluster: Cluster) -> Intent:
    return Intent(cluster.uid, KubernetesVersion.parse(NEW), max_unavailable=2)


def outcomes(assessment: Assessment, hosts: Mapping[str, Host]) -> list[str]:
    """What is forecast of the drains of the workers."""
    workers = [name for name, host in hosts.items() if host.etcd is None]
    drains = {step.node: step.drain for step in assessment.plan.steps}
    return [drain.outcome if (drain := drains[name]) else "none" for name in workers]


def test_a_plan_forecasts_every_drain_and_reads_only(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host], namespace: str, wanted: Intent
) -> None:
    cluster.create(objects.deployment("web", 4), namespace)
    cluster.wait_for_pods(namespace, 4)
    before = cluster.audit.position()

    assessment = assess(product, hosts, wanted, DRAIN, now_iso())

    assert assessment.result is Result.READY
    assert assessment.snapshot.workloads is not None
    assert assessment.snapshot.workloads.listed == frozenset(RESOURCES), "the manifest has every right that is needed"
    assert outcomes(assessment, hosts) == ["leaves", "leaves"]
    assert assessment.plan.duration is not None
    assert cluster.audit.writes(PRODUCT, since=before) == []


def test_a_budget_that_never_allows_anything_refuses_in_the_plan_and_at_the_admission(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host], namespace: str, wanted: Intent
) -> None:
    cluster.create(objects.deployment("db", 2), namespace)
    cluster.create(objects.budget("db", minAvailable=2), namespace)
    pods = cluster.wait_for_pods(namespace, 2)
    cluster.wait_for_budget(namespace, "db", 0)

    assessment = assess(product, hosts, wanted, DRAIN, now_iso())
    (name, *_others) = {pod["spec"]["nodeName"] for pod in pods}
    foreseen = undrainable(product, name, assessment.snapshot.nodes, drain=DRAIN, accepted=(), now_iso=now_iso())

    expected = ("D2-DRAIN-011", f"PodDisruptionBudget/{namespace}/db")
    assert [(f.code, f.subject) for f in blocking(assessment.findings)] == [expected]
    assert [(f.code, f.subject) for f in foreseen] == [expected]
    assert "never" in outcomes(assessment, hosts)


def test_a_budget_that_allows_one_at_a_time_refuses_nothing(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host], namespace: str, wanted: Intent
) -> None:
    cluster.create(objects.deployment("web", 4), namespace)
    cluster.create(objects.budget("web", maxUnavailable=1), namespace)
    cluster.wait_for_pods(namespace, 4)
    cluster.wait_for_budget(namespace, "web", 1)

    assessment = assess(product, hosts, wanted, DRAIN, now_iso())

    assert blocking(assessment.findings) == []
    assert set(outcomes(assessment, hosts)) <= {"leaves", "slow"}


def test_a_snapshot_gives_the_plan_that_the_cluster_gives(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host], namespace: str, wanted: Intent, tmp_path: Path
) -> None:
    cluster.create(objects.deployment("web", 4), namespace)
    cluster.create(objects.budget("web", maxUnavailable=1), namespace)
    cluster.wait_for_pods(namespace, 4)
    cluster.wait_for_budget(namespace, "web", 1)
    at = now_iso()
    index = Index(
        cluster.uid,
        at,
        observe.api_version(product),
        observe.kubeadm_config(product),
        KubernetesVersion.parse(NEW),
        deprecated_apis=observe.deprecated_apis(product),
    )
    write(tmp_path, index, ApiLists(product), hosts.values())

    live, stored = assess(product, hosts, wanted, DRAIN, at), assess_stored(tmp_path, wanted, DRAIN)

    assert stored.plan == live.plan
    assert stored.findings == live.findings
    assert replace(stored.snapshot, workloads=None, packages_for=None) == replace(live.snapshot, workloads=None)
    assert str(stored.snapshot.kubeadm.kubernetes_version) == OLD
