# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the API gives them, with every field that models read and the ones around these that they do not.

Whatever must not be kept in a snapshot holds SECRET.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import (
    AUTOSCALERS,
    BUDGETS,
    CLAIMS,
    CONTROLLERS,
    NAMESPACES,
    NODES,
    PODS,
    VOLUMES,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import claim

SECRET = "hunter2"
CONTACT = "example.com/owner"
_WHEN = "2026-08-07T10:00:00Z"


def full_objects() -> dict[str, list[dict[str, Any]]]:
    """By the path of their list; made anew each time."""
    return {
        NODES: [_node()],
        PODS: [_pod(), _static_pod(), _terminating_pod()],
        BUDGETS: [_budget("annotations"), _budget("labels")],
        NAMESPACES: [
            {"metadata": _metadata("shop", kubernetes_name="shop"), "status": {"phase": "Active"}},
            {"metadata": {**_metadata("old"), "deletionTimestamp": _WHEN}, "spec": {"finalizers": ["kubernetes"]}},
        ],
        CLAIMS: [_claim("Bound"), _claim("Pending")],
        VOLUMES: [_volume()],
        AUTOSCALERS: [_autoscaler()],
        **{path: [_controller()] for path in CONTROLLERS},
    }


def _metadata(name: str, namespace: str = "", **labels: str) -> dict[str, Any]:
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "uid": f"uid-{name}",
        "resourceVersion": "1",
        "generation": 2,
        "creationTimestamp": _WHEN,
        "labels": {"app": name, **labels},
        "annotations": {
            CONTACT: "team-shop",
            "kubectl.kubernetes.io/last-applied-configuration": f'{{"password": "{SECRET}"}}',
        },
        "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {"f:replicas": {}}}}],
    }


def _owner(kind: str, name: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": name,
        "uid": f"uid-{name}",
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _node() -> dict[str, Any]:
    metadata = _metadata("w1", **{"topology.kubernetes.io/zone": "zone-a"})
    metadata["annotations"] |= claim()
    return {
        "metadata": metadata,
        "spec": {
            "podCIDR": "10.244.1.0/24",
            "unschedulable": True,
            "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule", "timeAdded": _WHEN}],
        },
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": "10.0.0.7"},
                {"type": "Hostname", "address": "w1"},
            ],
            "allocatable": {"cpu": "3900m", "memory": "15Gi", "pods": "110", "example.com/gpu": "2"},
            "capacity": {"cpu": "4", "memory": "16Gi"},
            "conditions": [
                {"type": "MemoryPressure", "status": "False", "message": SECRET},
                {"type": "Ready", "status": "True", "lastHeartbeatTime": _WHEN},
            ],
            "images": [{"names": ["registry.invalid/web:1"], "sizeBytes": 1}],
            "nodeInfo": {"kubeletVersion": "v1.35.4", "machineID": "ab" * 16, "kernelVersion": "6.1"},
        },
    }


def _pod() -> dict[str, Any]:
    expression = {"key": "app", "operator": "In", "values": ["web"]}
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchExpressions": [expression]}}
    node_term = {
        "matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}],
        "matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["w9"]}],
    }
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": term}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": [{**term, "namespaces": ["shop"]}]}
    return {
        "metadata": {
            **_metadata("web-1", "shop", tier="front"),
            "ownerReferences": [_owner("ReplicaSet", "web")],
            "finalizers": ["example.com/wait"],
        },
        "spec": {
            "nodeName": "w1",
            "terminationGracePeriodSeconds": 45,
            "priority": 1000,
            "priorityClassName": "high",
            "preemptionPolicy": "Never",
            "schedulerName": "special",
            "schedulingGates": [{"name": "quota"}],
            "resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu-1"}],
            "nodeSelector": {"pool": "web"},
            "tolerations": [{"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}],
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "minDomains": 2,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {"matchLabels": {"app": "web-1"}},
                    "matchLabelKeys": ["tier"],
                    "nodeAffinityPolicy": "Ignore",
                    "nodeTaintsPolicy": "Honor",
                }
            ],
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [node_term]},
                    "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": node_term}],
                },
                "podAffinity": {**required, **preferred},
                "podAntiAffinity": {**required, **preferred},
            },
            "overhead": {"cpu": "50m"},
            "resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}},
            "containers": [_container("web")],
            "initContainers": [{**_container("proxy"), "restartPolicy": "Always"}, _container("migrate")],
            "volumes": [
                {"name": "cache", "emptyDir": {"sizeLimit": "1Gi"}},
                {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-1"}},
                {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
                {"name": "password", "secret": {"secretName": SECRET}},
            ],
        },
        "status": {
            "phase": "Running",
            "podIP": "10.244.1.9",
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": "False", "lastTransitionTime": _WHEN, "message": SECRET},
            ],
            "containerStatuses": [
                {"name": "web", "restartCount": 7, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "x"}}}
            ],
        },
    }


def _container(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": f"registry.invalid/{name}:1",
        "command": ["serve", f"--password={SECRET}"],
        "args": [SECRET],
        "env": [{"name": "PASSWORD", "value": SECRET}],
        "ports": [{"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.7", "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1"}},
        "livenessProbe": {"exec": {"command": [SECRET]}},
    }


def _static_pod() -> dict[str, Any]:
    metadata = _metadata("kube-scheduler-cp1", "kube-system", component="kube-scheduler")
    metadata["annotations"]["kubernetes.io/config.mirror"] = "digest"
    return {
        "metadata": metadata,
        "spec": {"nodeName": "cp1", "containers": [{"image": "registry.k8s.io/kube-scheduler:v1.35.4"}]},
        "status": {"phase": "Running"},
    }


def _terminating_pod() -> dict[str, Any]:
    return {
        "metadata": {**_metadata("web-2", "shop"), "deletionTimestamp": _WHEN, "deletionGracePeriodSeconds": 30},
        "spec": {"nodeName": "w1", "containers": [{"image": "registry.invalid/web:1"}]},
    }


def _budget(contact_in: str) -> dict[str, Any]:
    metadata = {**_metadata("web", "shop"), "ownerReferences": [_owner("Cluster", "db")]}
    if contact_in == "labels":
        del metadata["annotations"][CONTACT]
        metadata["labels"][CONTACT] = "team-shop"
    return {
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "minAvailable": 1,
            "maxUnavailable": "25%",
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
        "status": {
            "observedGeneration": 2,
            "expectedPods": 3,
            "desiredHealthy": 2,
            "currentHealthy": 3,
            "disruptionsAllowed": 1,
            "disruptedPods": {"web-1": _WHEN},
            "conditions": [{"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed"}],
        },
    }


def _controller() -> dict[str, Any]:
    return {
        "metadata": {
            **_metadata("web", "shop"),
            "ownerReferences": [_owner("Deployment", "web")],
            "deletionTimestamp": _WHEN,
        },
        "spec": {
            "replicas": 3,
            "parallelism": 2,
            "suspend": True,
            "podManagementPolicy": "OrderedReady",
            "template": {"spec": {"containers": [_container("web")]}},
        },
        "status": {"observedGeneration": 1, "replicas": 3, "updatedReplicas": 2, "readyReplicas": 3},
    }


def _claim(phase: str) -> dict[str, Any]:
    return {
        "metadata": _metadata("data-web-1", "shop"),
        "spec": {
            "volumeName": "pv-1",
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast",
            "resources": {"requests": {"storage": "1Gi"}},
        },
        "status": {"phase": phase},
    }


def _volume() -> dict[str, Any]:
    zone = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["zone-a"]}
    return {
        "metadata": _metadata("pv-1", **{"topology.kubernetes.io/zone": "zone-a__zone-b"}),
        "spec": {
            "capacity": {"storage": "1Gi"},
            "csi": {"driver": "example.com", "volumeAttributes": {"key": SECRET}},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]}},
        },
    }


def _autoscaler() -> dict[str, Any]:
    return {
        "metadata": _metadata("web", "shop"),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 9,
            "metrics": [{"type": "Resource"}],
        },
    }
