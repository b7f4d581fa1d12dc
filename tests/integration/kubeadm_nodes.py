# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes of the API harness as those of a cluster that kubeadm made, for tests of what is planned for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd, EtcdMember, Host
from tests.harness import objects
from tests.harness.cluster import Cluster
from tests.harness.wait import eventually
from tests.integration.runs import KUBEADM_CONFIG, NEW, OLD, cluster_configuration

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
SYSTEM_PODS = "/api/v1/namespaces/kube-system/pods"


@contextmanager
def kubeadm_nodes(cluster: Cluster, make_node: Callable[..., str]) -> Iterator[dict[str, Host]]:
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
