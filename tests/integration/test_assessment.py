# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans and gates from what a real API server says of a cluster, read with the product's own rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, blocking
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd, EtcdMember, Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import Result, assess
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.intent import Intent
from tests.harness import objects
from tests.harness.cluster import PRODUCT, Cluster
from tests.harness.wait import eventually
from tests.integration.runs import KUBEADM_CONFIG, NEW, OLD, cluster_configuration

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
SYSTEM_PODS = "/api/v1/namespaces/kube-system/pods"


@pytest.fixture
def hosts(cluster: Cluster, make_node: Callable[..., str]) -> Iterator[dict[str, Host]]:
    """Three control planes and two workers as kubeadm leaves them, and the hosts that an inventory has for them."""
    control_plane = [make_node(control_plane=True) for _ in range(3)]
    workers = [make_node(zone=zone) for zone in ("a", "b")]
    mirror_pods = [f"{component}-{name}" for name in control_plane for component in COMPONENTS]
    cluster.create(cluster_configuration(OLD))
    for pod in mirror_pods:
        component, name = next((c, pod.removeprefix(f"{c}-")) for c in COMPONENTS if pod.startswith(f"{c}-"))
        cluster.admin.post(SYSTEM_PODS, mirror_pod(component, name))
    for pod in mirror_pods:
        eventually(f"{pod} is ready", partial(ready, cluster, pod))
    seen = Etcd(tuple(member(name) for name in control_plane), ())
    tags = dict.fromkeys(COMPONENTS[:3], OLD)
    yield {
        name: Host(
            name=name,
            node_name=name,
            reachable=True,
            machine_id=objects.machine_id(name),
            static_pod_versions=tags if name in control_plane else {},
            target_package_version=f"{NEW}-1.1",
            etcd=seen if name in control_plane else None,
        )
        for name in (*control_plane, *workers)
    }
    cluster.admin.delete(KUBEADM_CONFIG)
    for pod in mirror_pods:
        if cluster.admin.exists(f"{SYSTEM_PODS}/{pod}"):
            cluster.admin.delete(f"{SYSTEM_PODS}/{pod}", gracePeriodSeconds=0)


def mirror_pod(component: str, node: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{component}-{node}",
            "namespace": "kube-system",
            "labels": {"component": component, "tier": "control-plane"},
            "annotations": {"kubernetes.io/config.mirror": "hash"},
        },
        "spec": {
            "nodeName": node,
            "hostNetwork": True,
            "tolerations": [{"operator": "Exists"}],
            "containers": [{"name": component, "image": f"registry.k8s.io/{component}:v{OLD}"}],
        },
    }


def ready(cluster: Cluster, pod: str) -> bool:
    conditions = cluster.admin.get(f"{SYSTEM_PODS}/{pod}")["status"].get("conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def member(name: str) -> EtcdMember:
    return EtcdMember(
        id=name, name=name, endpoint="https://10.0.0.1:2379", started=True, learner=False, healthy=True, leader=False
    )


def intent(cluster_uid: str) -> Intent:
    return Intent(cluster_uid, KubernetesVersion.parse(NEW))


def test_a_healthy_cluster_can_be_upgraded_and_looking_writes_nothing(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    before = cluster.audit.position()

    assessment = assess(product, hosts, intent(cluster.uid), now_iso())

    assert blocking(assessment.findings) == []
    assert assessment.result is Result.READY
    assert [verdict.outcome for verdict in assessment.verdicts] == [Outcome.PASS] * 3
    assert [step.node for step in assessment.plan.steps] == list(hosts)
    assert cluster.audit.writes(PRODUCT, since=before) == []


def test_a_missing_static_pod_and_an_unready_node_refuse(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    first, second, *_ = hosts
    cluster.admin.delete(f"{SYSTEM_PODS}/kube-scheduler-{first}", gracePeriodSeconds=0)
    cluster.set_node_ready(second, False)

    assessment = assess(product, hosts, intent(cluster.uid), now_iso())

    told = {(finding.code, finding.subject) for finding in blocking(assessment.findings)}
    assert {("D2-POD-001", f"kube-scheduler-{first}"), ("D2-NODE-005", second)} <= told
    assert assessment.result is Result.REFUSED


def test_another_cluster_is_refused_before_anything_else_is_read(
    cluster: Cluster, product: Transport, hosts: Mapping[str, Host]
) -> None:
    before = cluster.audit.position()

    with pytest.raises(Day2Error) as raised:
        assess(product, hosts, intent("5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11"), now_iso())

    assert [finding.code for finding in raised.value.findings] == ["D2-CLUSTER-001"]
    asked = [event["requestURI"] for event in cluster.audit.events(PRODUCT, since=before)]
    assert asked == ["/api/v1/namespaces/kube-system"]
