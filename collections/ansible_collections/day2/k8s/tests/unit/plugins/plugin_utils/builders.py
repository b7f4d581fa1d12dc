# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters for unit tests, as short as what a test is about; Nodes and pods are parsed from JSON, as in earnest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim, CordonOwner, Journal
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd, EtcdMember, Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import CONTROL_PLANE_LABEL, ZONE_LABEL, Node
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import KubeadmConfig, Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.intent import Intent

OLD, NEW = "1.35.4", "1.36.3"
UID = "5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11"
AT = "2026-03-01T12:00:00Z"
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")

_READY = {True: "True", False: "False", None: "Unknown"}


def version(text: str) -> KubernetesVersion:
    return KubernetesVersion.parse(text)


def claim(run: str = "run-1") -> dict[str, str]:
    return {Claim.key: Claim(run=run, at=AT).dumps()}


def own_cordon(run: str = "run-1") -> dict[str, str]:
    return {CordonOwner.key: CordonOwner(run=run, at=AT).dumps()}


def journal(run: str = "run-1", *, step: str = "change", state: str = "running") -> dict[str, str]:
    return {Journal.key: Journal(run=run, at=AT, target=NEW, step=step, state=state, changed=True).dumps()}


def node(name: str, **options: Any) -> Node:
    """Options as of ``node_json``."""
    return Node.from_api(node_json(name, **options))


def node_json(
    name: str,
    *,
    kubelet: str = OLD,
    control_plane: bool = False,
    ready: bool | None = True,
    cordoned: bool = False,
    zone: str = "",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    machine_id: str | None = None,
    ip: str | None = None,
) -> dict[str, Any]:
    """As the API gives it; ``machine_id`` and ``ip`` are derived from the name, as those of ``host`` are."""
    all_labels = dict(labels or {})
    if control_plane:
        all_labels[CONTROL_PLANE_LABEL] = ""
    if zone:
        all_labels[ZONE_LABEL] = zone
    return {
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "labels": all_labels,
            "annotations": dict(annotations or {}),
        },
        "spec": {"unschedulable": True} if cordoned else {},
        "status": {
            "conditions": [{"type": "Ready", "status": _READY[ready]}],
            "addresses": [{"type": "InternalIP", "address": ip or ip_of(name)}],
            "nodeInfo": {
                "machineID": machine_id_of(name) if machine_id is None else machine_id,
                "kubeletVersion": f"v{kubelet}",
            },
        },
    }


def control_plane_node(name: str, **options: Any) -> Node:
    return node(name, control_plane=True, **options)


def host(
    name: str,
    *,
    node_name: str | None = None,
    reachable: bool = True,
    machine_id: str | None = None,
    addresses: tuple[str, ...] | None = None,
    static_pods: Mapping[str, str] | None = None,
    package: str | None = f"{NEW}-1.1",
    etcd: Etcd | None = None,
    cluster_uid: str | None = None,
) -> Host:
    node_name = node_name or name
    if not reachable:
        return Host(name=name, node_name=node_name, reachable=False, error="timed out")
    return Host(
        name=name,
        node_name=node_name,
        reachable=True,
        machine_id=machine_id_of(node_name) if machine_id is None else machine_id,
        addresses=(ip_of(node_name),) if addresses is None else addresses,
        static_pod_versions=dict(static_pods or {}),
        target_package_version=package,
        etcd=etcd,
        cluster_uid=cluster_uid,
    )


def control_plane_host(name: str, *, running: str = OLD, **options: Any) -> Host:
    """``running`` is the version of all its static pods."""
    return host(name, **{"static_pods": static_pods(running), **options})


def static_pods(running: str, **exceptions: str) -> dict[str, str]:
    """Component to tag; exceptions are named with underscores (``kube_scheduler="1.36.3"``)."""
    others = {component.replace("_", "-"): tag for component, tag in exceptions.items()}
    return {**dict.fromkeys(COMPONENTS, running), "etcd": "3.6.6-0", **others}


def member(name: str, **changes: Any) -> EtcdMember:
    values = {
        "id": f"id-{name}",
        "name": name,
        "endpoint": f"https://{ip_of(name)}:2379",
        "started": True,
        "learner": False,
        "healthy": True,
        "leader": False,
        "error": "",
    }
    return EtcdMember(**{**values, **changes})


def etcd(*members: EtcdMember, alarms: Iterable[str] = ()) -> Etcd:
    return Etcd(tuple(members), tuple(alarms))


def mirror_pod(component: str, node_name: str, **options: Any) -> Pod:
    """Options as of ``mirror_pod_json``."""
    return Pod.from_api(mirror_pod_json(component, node_name, **options))


def mirror_pod_json(
    component: str, node_name: str, *, running: str = OLD, phase: str = "Running", ready: bool = True
) -> dict[str, Any]:
    """As the API gives it."""
    return {
        "metadata": {
            "namespace": "kube-system",
            "name": f"{component}-{node_name}",
            "uid": f"uid-{component}-{node_name}",
            "labels": {"component": component, "tier": "control-plane"},
            "annotations": {"kubernetes.io/config.mirror": "hash"},
        },
        "spec": {
            "nodeName": node_name,
            "containers": [{"name": component, "image": f"registry.k8s.io/{component}:v{running}"}],
        },
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": _READY[ready]}]},
    }


def control_plane_pods(*node_names: str, running: str = OLD) -> tuple[Pod, ...]:
    return tuple(mirror_pod(c, name, running=running) for name in node_names for c in (*COMPONENTS, "etcd"))


def snapshot(
    nodes: Iterable[Node],
    hosts: Iterable[Host],
    *,
    config: str = OLD,
    pods: Iterable[Pod] | None = None,
    external_etcd: bool = False,
    uid: str = UID,
) -> Snapshot:
    """By default with healthy static pods on each control-plane node."""
    by_name = {n.name: n for n in nodes}
    masters = [name for name, n in by_name.items() if n.control_plane]
    return Snapshot(
        cluster_uid=uid,
        taken_at=AT,
        api_version=version(config),
        kubeadm=KubeadmConfig(version(config), "api.example.com:6443", external_etcd),
        nodes=by_name,
        system_pods=tuple(control_plane_pods(*masters) if pods is None else pods),
        hosts={h.name: h for h in hosts},
    )


def cluster(
    *,
    nodes: Iterable[Node] = (),
    hosts: Iterable[Host] = (),
    workers: Iterable[str] = ("w1", "w2", "w3"),
    running: str = OLD,
    **options: Any,
) -> Snapshot:
    """Three control planes and ``workers``, all at ``running``; ``nodes`` and ``hosts`` replace those of their name."""
    names = ("cp1", "cp2", "cp3")
    seen = etcd(member("cp1", leader=True), member("cp2"), member("cp3"))
    all_nodes = [control_plane_node(name, kubelet=running) for name in names]
    all_nodes += [node(name, kubelet=running) for name in workers]
    all_hosts = [control_plane_host(name, running=running, etcd=seen) for name in names]
    all_hosts += [host(name) for name in workers]
    return snapshot(
        ({n.name: n for n in all_nodes} | {n.name: n for n in nodes}).values(),
        ({h.name: h for h in all_hosts} | {h.name: h for h in hosts}).values(),
        **{"config": running, **options},
    )


def without(taken: Snapshot, *, nodes: Iterable[str] = (), hosts: Iterable[str] = ()) -> Snapshot:
    """``taken`` without some of its Nodes and hosts."""
    return snapshot(
        (n for name, n in taken.nodes.items() if name not in set(nodes)),
        (h for name, h in taken.hosts.items() if name not in set(hosts)),
        config=str(taken.kubeadm.kubernetes_version),
        pods=taken.system_pods,
    )


def intent(target: str = NEW, **options: Any) -> Intent:
    return Intent(**{"cluster_uid": UID, "target": version(target), **options})


def machine_id_of(name: str) -> str:
    return name.encode().hex().ljust(32, "0")


def ip_of(name: str) -> str:
    """Different for names that differ in their letters and digits: cp1 10.99.112.49."""
    data = name.encode()[-3:].rjust(3, b"\1")
    return "10." + ".".join(str(byte) for byte in data)
