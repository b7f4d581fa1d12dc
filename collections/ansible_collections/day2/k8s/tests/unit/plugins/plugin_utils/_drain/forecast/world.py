# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters for forecasts, as raw JSON parsed in earnest; budgets have the status that the server would give them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.durations import Durations
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.forecaster import Forecaster
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.prognosis import PodForecast, SetForecast
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._model import workloads as model
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import Workloads
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils import builders

NOW = "2026-03-01T12:00:00Z"
LONG_AGO = "2026-03-01T09:00:00Z"
JUST_NOW = "2026-03-01T11:59:50Z"
NAMESPACE = "shop"
LISTS = {
    "Deployment": "/apis/apps/v1/deployments",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "Job": "/apis/batch/v1/jobs",
}


class World:
    """A cluster in the making; each method adds something to it and gives back the raw object to be changed."""

    def __init__(self) -> None:
        self.objects: dict[str, list[dict[str, Any]]] = {path: [] for path in model.RESOURCES}
        self._budgets: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.namespace()

    def node(
        self,
        name: str,
        *,
        cpu: str = "4",
        pods: int = 110,
        taints: Iterable[Mapping[str, str]] = (),
        **options: Any,
    ) -> dict[str, Any]:
        """Options as of ``builders.node_json``; it has its hostname label."""
        raw = builders.node_json(
            name, **{**options, "labels": {"kubernetes.io/hostname": name, **options.get("labels", {})}}
        )
        raw["status"]["allocatable"] = {"cpu": cpu, "memory": "8Gi", "pods": str(pods)}
        raw["spec"]["taints"] = list(taints)
        self.objects[model.NODES].append(raw)
        return raw

    def nodes(self, *names: str, **options: Any) -> World:
        for name in names:
            self.node(name, **options)
        return self

    def namespace(self, name: str = NAMESPACE, *, terminating: bool = False, **metadata: Any) -> dict[str, Any]:
        raw = {"metadata": {"name": name, **metadata, **({"deletionTimestamp": NOW} if terminating else {})}}
        self.objects[model.NAMESPACES].append(raw)
        return raw

    def pod(
        self,
        name: str,
        node: str = "",
        *,
        app: str = "web",
        owner: str = "",
        owner_api: str = "apps/v1",
        ready: bool = True,
        since: str = LONG_AGO,
        phase: str = "Running",
        waiting: str = "",
        terminating: str = "",
        grace: int = 30,
        cpu: str = "100m",
        priority: int = 0,
        claims: Iterable[str] = (),
        finalizers: Iterable[str] = (),
        labels: Mapping[str, str] | None = None,
        **spec: Any,
    ) -> dict[str, Any]:
        """``owner`` is ``Kind/name``; ``since`` when it last changed; ``terminating`` the end of its grace period."""
        kind, _slash, owner_name = owner.partition("/")
        status = "True" if ready else "False"
        condition = {"type": "Ready" if node else "PodScheduled", "status": status, "lastTransitionTime": since}
        raw = {
            "metadata": {
                "name": name,
                "namespace": NAMESPACE,
                "uid": f"uid-{name}",
                "labels": {"app": app, **(labels or {})},
                "finalizers": list(finalizers),
                "ownerReferences": [
                    {
                        "apiVersion": owner_api,
                        "kind": kind,
                        "name": owner_name,
                        "uid": f"uid-{kind}-{owner_name}",
                        "controller": True,
                    }
                ]
                if owner
                else [],
                **({"deletionTimestamp": terminating} if terminating else {}),
            },
            "spec": {
                **({"nodeName": node} if node else {}),
                "terminationGracePeriodSeconds": grace,
                "priority": priority,
                "containers": [{"name": "main", "image": "sample:1", "resources": {"requests": {"cpu": cpu}}}],
                "volumes": [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in claims],
                **spec,
            },
            "status": {
                "phase": phase,
                "conditions": [condition],
                "containerStatuses": [{"state": {"waiting": {"reason": waiting}}}] if waiting else [],
            },
        }
        self.objects[model.PODS].append(raw)
        return raw

    def controller(self, kind: str, name: str, replicas: int, *, owner: str = "", **spec: Any) -> dict[str, Any]:
        """A controller that is where it wants to be."""
        owner_kind, _slash, owner_name = owner.partition("/")
        raw = {
            "metadata": {
                "name": name,
                "namespace": NAMESPACE,
                "uid": f"uid-{kind}-{name}",
                "generation": 1,
                "ownerReferences": [
                    {
                        "apiVersion": "apps/v1" if owner_kind == "Deployment" else "example.com/v1",
                        "kind": owner_kind,
                        "name": owner_name,
                        "uid": f"uid-{owner_kind}-{owner_name}",
                        "controller": True,
                    }
                ]
                if owner
                else [],
            },
            "spec": {"parallelism" if kind == "Job" else "replicas": replicas, **spec},
            "status": {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas},
        }
        self.objects[LISTS[kind]].append(raw)
        return raw

    def deployment(self, name: str, *on: str, replicas: int | None = None, **pod: Any) -> list[dict[str, Any]]:
        """One pod on each of the nodes named, as ``pod``; an empty name is a pod that is Pending."""
        wanted = len(on) if replicas is None else replicas
        self.controller("Deployment", name, wanted)
        self.controller("ReplicaSet", name, wanted, owner=f"Deployment/{name}")
        return [
            self.pod(f"{name}-{number}", node, owner=f"ReplicaSet/{name}", **{"app": name, **pod})
            for number, node in enumerate(on)
        ]

    def stateful_set(self, name: str, *on: str, parallel: bool = False, **pod: Any) -> list[dict[str, Any]]:
        """One pod on each of the nodes named."""
        self.controller("StatefulSet", name, len(on), podManagementPolicy="Parallel" if parallel else "OrderedReady")
        return [
            self.pod(f"{name}-{number}", node, owner=f"StatefulSet/{name}", **{"app": name, **pod})
            for number, node in enumerate(on)
        ]

    def claim(self, name: str, *, node: str = "", zone: str = "", mode: str = "ReadWriteOnce") -> None:
        """A bound claim whose volume can be used on one node, in one zone, or anywhere."""
        key, value = ("kubernetes.io/hostname", node) if node else ("topology.kubernetes.io/zone", zone)
        term = {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}
        limits = {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}} if value else {}
        self.objects[model.VOLUMES].append({"metadata": {"name": f"pv-{name}"}, "spec": limits})
        self.objects[model.CLAIMS].append(
            {
                "metadata": {"namespace": NAMESPACE, "name": name},
                "spec": {"volumeName": f"pv-{name}", "accessModes": [mode]},
                "status": {"phase": "Bound"},
            }
        )

    def budget(
        self, name: str = "web", *, app: str = "", owner: str = "", status: Mapping[str, Any] | None = None, **spec: Any
    ) -> dict[str, Any]:
        """Of the pods of ``app`` (by default of its name); ``status`` is what the server's own differs in."""
        kind, _slash, owner_name = owner.partition("/")
        raw = {
            "metadata": {
                "name": name,
                "namespace": NAMESPACE,
                "generation": 1,
                "ownerReferences": [
                    {
                        "apiVersion": "example.com/v1",
                        "kind": kind,
                        "name": owner_name,
                        "uid": f"uid-{owner_name}",
                        "controller": True,
                    }
                ]
                if owner
                else [],
            },
            "spec": {"selector": {"matchLabels": {"app": app or name}}, **spec},
        }
        self._budgets.append((raw, dict(status or {})))
        return raw

    def autoscaler(self, target: str, highest: int, *, lowest: int = 1) -> None:
        self.objects[model.AUTOSCALERS].append(
            {
                "metadata": {"namespace": NAMESPACE, "name": target},
                "spec": {
                    "scaleTargetRef": {"kind": "Deployment", "name": target},
                    "minReplicas": lowest,
                    "maxReplicas": highest,
                },
            }
        )

    def observed(self, **options: Any) -> Workloads:
        """Everything as a forecast reads it."""
        self.objects[model.BUDGETS] = [self._with_status(*entry) for entry in self._budgets]
        return Workloads.from_api(self.objects, taken_at=NOW, **options)

    def forecaster(self, durations: Durations | None = None, **options: Any) -> Forecaster:
        """Options as of DrainOptions."""
        return Forecaster(self.observed(), DrainOptions(**options), durations)

    def drain(self, *names: str, **options: Any) -> SetForecast:
        """Forecast of these nodes together."""
        return self.forecaster(**options).drain(names)

    def pods_of(self, *names: str, **options: Any) -> dict[str, PodForecast]:
        """Forecast of these nodes together, by the pods' names."""
        return by_name(self.drain(*names, **options))

    def _with_status(self, raw: dict[str, Any], differs: dict[str, Any]) -> dict[str, Any]:
        wanted = raw["spec"]["selector"]["matchLabels"].items()
        covered = [pod for pod in self.objects[model.PODS] if wanted <= pod["metadata"]["labels"].items()]
        alive = [pod for pod in covered if "deletionTimestamp" not in pod["metadata"]]
        healthy = sum(
            condition["type"] == "Ready" and condition["status"] == "True"
            for pod in alive
            for condition in pod["status"]["conditions"]
        )
        counted = isinstance(raw["spec"].get("minAvailable"), int)
        expected = len(covered) if counted else self._scale(covered)
        if "maxUnavailable" in raw["spec"]:
            desired = max(0, expected - _scaled(raw["spec"]["maxUnavailable"], expected))
        else:
            desired = _scaled(raw["spec"].get("minAvailable", 0), expected)
        status = {
            "observedGeneration": 1,
            "expectedPods": expected,
            "desiredHealthy": desired,
            "currentHealthy": healthy,
            "disruptionsAllowed": max(0, healthy - desired) if expected else 0,
            **differs,
        }
        return {**raw, "status": status}

    def _scale(self, covered: Iterable[Mapping[str, Any]]) -> int:
        uids = {owner["uid"] for pod in covered for owner in pod["metadata"]["ownerReferences"]}
        return sum(
            raw["spec"]["replicas"]
            for path in LISTS.values()
            for raw in self.objects[path]
            if raw["metadata"]["uid"] in uids and "replicas" in raw["spec"]
        )


def _scaled(value: int | str, total: int) -> int:
    return value if isinstance(value, int) else math.ceil(int(value.rstrip("%")) * total / 100)


def by_name(forecast: SetForecast) -> dict[str, PodForecast]:
    return {pod.name: pod for node in forecast.nodes for pod in node.pods}
