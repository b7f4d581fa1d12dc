# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans and gates from what a real API server says of a cluster, read with the product's own rights."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, blocking
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import Result, assess
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.intent import Intent
from tests.harness.cluster import PRODUCT, Cluster
from tests.integration.kubeadm_nodes import SYSTEM_PODS
from tests.integration.runs import NEW


def intent(cluster_uid: str) -> Intent:
    return Intent(cluster_uid, KubernetesVersion.parse(NEW))


def test_a_healthy_cluster_can_be_upgraded_and_looking_writes_nothing(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    before = cluster.audit.position()

    assessment = assess(product, hosts, intent(cluster.uid), DrainOptions(), now_iso())

    assert blocking(assessment.findings) == []
    assert assessment.result is Result.READY
    assert {verdict.outcome for verdict in assessment.verdicts} == {Outcome.PASS}
    assert [step.node for step in assessment.plan.steps] == list(hosts)
    assert cluster.audit.writes(PRODUCT, since=before) == []


def test_a_missing_static_pod_and_an_unready_node_refuse(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    first, second, *_ = hosts
    cluster.admin.delete(f"{SYSTEM_PODS}/kube-scheduler-{first}", gracePeriodSeconds=0)
    cluster.set_node_ready(second, False)

    assessment = assess(product, hosts, intent(cluster.uid), DrainOptions(), now_iso())

    told = {(finding.code, finding.subject) for finding in blocking(assessment.findings)}
    assert {("D2-POD-001", f"kube-scheduler-{first}"), ("D2-NODE-005", second)} <= told
    assert assessment.result is Result.REFUSED


def test_another_cluster_is_refused_before_anything_else_is_read(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    before = cluster.audit.position()

    with pytest.raises(Day2Error) as raised:
        assess(product, hosts, intent("5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11"), DrainOptions(), now_iso())

    assert [finding.code for finding in raised.value.findings] == ["D2-CLUSTER-001"]
    asked = [event["requestURI"] for event in cluster.audit.events(PRODUCT, since=before)]
    assert asked == ["/api/v1/namespaces/kube-system"]
