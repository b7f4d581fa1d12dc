# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes objects as tests need them, with everything defaulted that a test does not care about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .control_plane import KWOK_ANNOTATION

CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"
ZONE_LABEL = "topology.kubernetes.io/zone"


def machine_id(name: str) -> str:
    """Return a machine-id that is the same for the same name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def node(
    name: str,
    *,
    zone: str = "",
    control_plane: bool = False,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A Node as its kubelet would register it; :func:`node_status` is what the kubelet then reports."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                **({ZONE_LABEL: zone} if zone else {}),
                **({CONTROL_PLANE_LABEL: ""} if control_plane else {}),
                **(labels or {}),
            },
            "annotations": {KWOK_ANNOTATION: "kwok", **(annotations or {})},
        },
        "spec": {"taints": [{"key": CONTROL_PLANE_LABEL, "effect": "NoSchedule"}]} if control_plane else {},
    }


def node_status(
    name: str,
    *,
    kubelet_version: str,
    machine: str | None = None,
    internal_ip: str = "10.10.0.1",
    ready: bool = True,
    pods: int = 110,
    cpu: str = "16",
) -> dict[str, Any]:
    """The status of a Node; ``machine`` is its machine-id, by default one of its own."""
    resources = {"cpu": cpu, "memory": "64Gi", "pods": str(pods)}
    machine = machine_id(name) if machine is None else machine
    return {
        "capacity": resources,
        "allocatable": resources,
        "addresses": [{"type": "InternalIP", "address": internal_ip}, {"type": "Hostname", "address": name}],
        "conditions": [ready_condition(ready)],
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": machine,
            "containerRuntimeVersion": "containerd://2.0.0",
            "kernelVersion": "6.1.0",
            "kubeProxyVersion": "",
            "kubeletVersion": f"v{kubelet_version}",
            "machineID": machine,
            "operatingSystem": "linux",
            "osImage": "Debian GNU/Linux 13 (trixie)",
            "systemUUID": machine,
        },
    }


def ready_condition(ready: bool) -> dict[str, Any]:
    return {
        "type": "Ready",
        "status": "True" if ready else "False",
        "reason": "KubeletReady" if ready else "KubeletNotReady",
        "message": "set by the harness",
    }


def pod_spec(*, node_name: str = "", grace_period: int = 30, **extra: Any) -> dict[str, Any]:
    """The spec of a pod with one container; ``extra`` are further fields (``volumes``, ``tolerations``...)."""
    return {
        "containers": [{"name": "main", "image": "registry.invalid/sample:1"}],
        "terminationGracePeriodSeconds": grace_period,
        **({"nodeName": node_name} if node_name else {}),
        **extra,
    }


def pod(
    name: str,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A pod of its own; ``metadata`` are further fields (``finalizers``, ``ownerReferences``), ``spec`` as pod_spec."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": dict(labels or {"app": name}),
            "annotations": dict(annotations or {}),
            **(metadata or {}),
        },
        "spec": pod_spec(**spec),
    }


def _workload(
    kind: str, name: str, annotations: Mapping[str, str] | None, pod: dict[str, Any], **spec: Any
) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {
            **({} if kind == "Job" else {"selector": {"matchLabels": {"app": name}}}),
            "template": {"metadata": {"labels": {"app": name}, "annotations": dict(annotations or {})}, "spec": pod},
            **spec,
        },
    }


def deployment(
    name: str, replicas: int, *, annotations: Mapping[str, str] | None = None, **spec: Any
) -> dict[str, Any]:
    """A Deployment whose pods carry ``app: name`` and ``annotations``; ``spec`` as pod_spec."""
    return _workload("Deployment", name, annotations, pod_spec(**spec), replicas=replicas)


def stateful_set(
    name: str, replicas: int, *, annotations: Mapping[str, str] | None = None, **spec: Any
) -> dict[str, Any]:
    """A StatefulSet that starts its pods in parallel."""
    return _workload(
        "StatefulSet", name, annotations, pod_spec(**spec), replicas=replicas, podManagementPolicy="Parallel"
    )


def daemon_set(name: str, **spec: Any) -> dict[str, Any]:
    return _workload("DaemonSet", name, None, pod_spec(**spec))


def job(name: str, **spec: Any) -> dict[str, Any]:
    return _workload("Job", name, None, {**pod_spec(**spec), "restartPolicy": "Never"})


def budget(name: str, *, app: str = "", **spec: Any) -> dict[str, Any]:
    """A PodDisruptionBudget of the pods of ``app`` (by default: of its own name), such as ``minAvailable=2``."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": app or name}}, **spec},
    }
