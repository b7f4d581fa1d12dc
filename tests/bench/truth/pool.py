# SPDX-License-Identifier: GPL-3.0-or-later
"""One scenario: a pool of nodes of its own, what runs there, and which of the nodes are drained."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.harness import objects

POOL_LABEL = "bench/pool"
HOST_LABEL = "kubernetes.io/hostname"
ZONES = ("a", "b", "c")


@dataclass(frozen=True)
class PoolNode:
    """``late`` ones take pods only once everything runs, so that what is drained is fuller than what is beside it."""

    name: str
    zone: str
    cpu: str
    late: bool


class Pool:
    """A scenario in the making; the same seed and number make the same one.

    ``permissive``: the drain may take bare pods and emptyDir data; ``operated`` are pods that an operator moves;
    ``told`` are the kinds of workloads in it.
    """

    def __init__(self, seed: int, number: int) -> None:
        self.chance = random.Random(f"{seed}/{number}")
        self.name = f"pool-{number}"
        size = self.chance.randint(2, 5)
        early = self.chance.randint(1, size)
        self.nodes = [
            PoolNode(f"{self.name}-{n}", ZONES[n % len(ZONES)], self.chance.choice(["4", "4", "2"]), late=n >= early)
            for n in range(size)
        ]
        together = min(early, self.chance.choice([1, 1, 1, 2, 2, 3]))
        self.drained = [node.name for node in self.nodes[:together]]
        self.permissive = self.chance.random() < 0.8
        self.manifests: list[dict[str, Any]] = []
        self.cluster_manifests: list[dict[str, Any]] = []
        self.operated: list[str] = []
        self.told: list[str] = []
        self._apps = itertools.count()

    def app(self, what: str) -> str:
        """A new name for a workload, which tells what it is."""
        self.told.append(what)
        return f"{what}-{next(self._apps)}"

    def workload(
        self,
        manifest: dict[str, Any],
        *,
        cpu: str = "",
        group: str = "",
        annotations: Mapping[str, str] | None = None,
        **spec: Any,
    ) -> dict[str, Any]:
        """Adds a workload whose pods stay in the pool; ``group`` is a label that several may share."""
        template = manifest["spec"]["template"]
        template["metadata"]["labels"] |= {"group": group} if group else {}
        template["metadata"]["annotations"] = dict(annotations or {})
        self._keep_here(template["spec"], cpu, spec)
        self.manifests.append(manifest)
        return manifest

    def pod(self, manifest: dict[str, Any], *, cpu: str = "", **spec: Any) -> dict[str, Any]:
        """Adds a pod that no controller makes."""
        self._keep_here(manifest["spec"], cpu, spec)
        self.manifests.append(manifest)
        return manifest

    def budget(self, name: str, labels: Mapping[str, str], **spec: Any) -> None:
        manifest = objects.budget(name, **spec)
        manifest["spec"]["selector"] = {"matchLabels": dict(labels)}
        self.manifests.append(manifest)

    def volume(self, claim: str, key: str, values: Iterable[str]) -> None:
        """A bound claim whose volume can be used from nodes with one of these labels only."""
        term = {"matchExpressions": [{"key": key, "operator": "In", "values": list(values)}]}
        name = f"{self.name}-{claim}"
        common = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
        self.cluster_manifests.append(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": name},
                "spec": {
                    **common,
                    "capacity": {"storage": "1Gi"},
                    "hostPath": {"path": "/data"},
                    "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
                    "claimRef": {"namespace": self.name, "name": claim},
                },
            }
        )
        self.manifests.append(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": claim},
                "spec": {**common, "volumeName": name, "resources": {"requests": {"storage": "1Gi"}}},
            }
        )

    def _keep_here(self, into: dict[str, Any], cpu: str, spec: Mapping[str, Any]) -> None:
        selector = {POOL_LABEL: self.name, **spec.get("nodeSelector", {})}
        into.update({**copy.deepcopy(dict(spec)), "nodeSelector": selector})
        if cpu:
            into["containers"][0]["resources"] = {"requests": {"cpu": cpu}}
