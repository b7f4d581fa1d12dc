# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.plan``: what planning costs on a large cluster, from a snapshot directory and over HTTP.

The cluster is made up, the same for the same seed: nodes in three zones and some pools, and workloads as one finds
them, most of them with a budget, a few of these hopeless, some with demands on where they run. Each measurement runs in
a process of its own, so that its peak of memory is its own too.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.snapshot_directory import Index, SnapshotDirectory, write
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd, EtcdMember, Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import CONTROL_PLANE_LABEL, ZONE_LABEL
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import KubeadmConfig
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import (
    BUDGETS,
    CONTROLLERS,
    NAMESPACES,
    NODES,
    PODS,
    RESOURCES,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import assess, assess_stored
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.intent import Intent

OLD, NEW = (KubernetesVersion.parse(text) for text in ("1.35.4", "1.36.3"))
UID = "5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11"
TAKEN_AT = "2026-03-01T12:00:00Z"
ZONES = ("zone-a", "zone-b", "zone-c")
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
CONTROLLER_PATHS = {kind: path for path, kind in CONTROLLERS.items()}

Objects = dict[str, list[dict[str, Any]]]


class MadeUpCluster:
    """``workers`` Nodes besides three of the control plane, and about ``pods`` pods."""

    def __init__(self, *, seed: int, workers: int, pods: int) -> None:
        self._random = random.Random(seed)
        self.control_plane = [f"cp-{number}" for number in range(3)]
        self.workers = [f"worker-{number:04}" for number in range(workers)]
        self.objects: Objects = {path: [] for path in RESOURCES}
        self._nodes()
        self._daemon_sets()
        number = 0
        while len(self.objects[PODS]) < pods:
            self._workload(number)
            number += 1

    def hosts(self) -> Iterator[Host]:
        members = [EtcdMember(n, n, f"https://{n}:2379", True, False, True, False) for n in self.control_plane]
        for name in (*self.control_plane, *self.workers):
            tags = dict.fromkeys(COMPONENTS[:3], str(OLD)) if name in self.control_plane else {}
            yield Host(
                name=name,
                node_name=name,
                reachable=True,
                machine_id=_machine_id(name),
                static_pod_versions=tags,
                target_package_version=f"{NEW}-1.1",
                etcd=Etcd(tuple(members), ()) if tags else None,
            )

    def _nodes(self) -> None:
        for number, name in enumerate((*self.control_plane, *self.workers)):
            first = name in self.control_plane
            pool = "control-plane" if first else ("web", "web", "web", "batch", "db")[number % 5]
            labels = {"kubernetes.io/hostname": name, ZONE_LABEL: ZONES[number % 3], "pool": pool}
            if first:
                labels[CONTROL_PLANE_LABEL] = ""
            taints = [{"key": CONTROL_PLANE_LABEL, "effect": "NoSchedule"}] if first else []
            self.objects[NODES].append(
                {
                    "metadata": {"name": name, "uid": f"uid-{name}", "labels": labels},
                    "spec": {"taints": taints},
                    "status": {
                        "addresses": [{"type": "InternalIP", "address": f"10.0.{number >> 8}.{number & 255}"}],
                        "allocatable": {"cpu": "31", "memory": "120Gi", "pods": "110"},
                        "conditions": [{"type": "Ready", "status": "True"}],
                        "nodeInfo": {"kubeletVersion": f"v{OLD}", "machineID": _machine_id(name)},
                    },
                }
            )
            if first:
                self._static_pods(name)

    def _static_pods(self, node: str) -> None:
        for component in COMPONENTS:
            pod = self._pod(f"{component}-{node}", "kube-system", node, {"component": component}, None)
            pod["metadata"]["annotations"] = {"kubernetes.io/config.mirror": ""}
            pod["spec"]["containers"] = [{"image": f"registry.k8s.io/{component}:v{OLD}"}]
            self.objects[PODS].append(pod)

    def _daemon_sets(self) -> None:
        for name in ("kube-proxy", "node-exporter", "log-agent"):
            metadata = {"name": name, "namespace": "kube-system", "uid": f"uid-{name}", "generation": 1}
            self.objects[CONTROLLER_PATHS["DaemonSet"]].append({"metadata": metadata, "spec": {}, "status": {}})
            owner = _reference("DaemonSet", name, f"uid-{name}")
            for node in (*self.control_plane, *self.workers):
                pod = self._pod(f"{name}-{node}", "kube-system", node, {"app": name}, owner)
                pod["spec"]["tolerations"] = [{"operator": "Exists"}]
                self.objects[PODS].append(pod)

    def _workload(self, number: int) -> None:
        namespace, name = f"team-{number % 200:03}", f"app-{number:05}"
        if number < 200:
            self.objects[NAMESPACES].append({"metadata": {"name": namespace, "labels": {"team": namespace}}})
        kind = self._random.choices(("Deployment", "StatefulSet"), (8, 2))[0]
        replicas = self._random.choice((1, 2, 3, 3, 5, 8, 12, 20, 40))
        uid = f"uid-{name}"
        metadata: dict[str, Any] = {"name": name, "namespace": namespace, "uid": uid, "generation": 1}
        status = {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas}
        self.objects[CONTROLLER_PATHS[kind]].append(
            {"metadata": metadata, "spec": {"replicas": replicas}, "status": status}
        )
        owner = _reference(kind, name, uid)
        if kind == "Deployment":
            replica_set = {**metadata, "name": f"{name}-5d8f", "uid": f"{uid}-rs", "ownerReferences": [owner]}
            self.objects[CONTROLLER_PATHS["ReplicaSet"]].append(
                {"metadata": replica_set, "spec": {"replicas": replicas}, "status": status}
            )
            owner = _reference("ReplicaSet", f"{name}-5d8f", f"{uid}-rs")
        spec = self._spec(name)
        nodes = self._random.sample(self.workers, min(replicas, len(self.workers)))
        for position in range(replicas):
            pod = self._pod(f"{name}-{position}", namespace, nodes[position % len(nodes)], {"app": name}, owner)
            pod["spec"] |= spec
            self.objects[PODS].append(pod)
        self._budget(name, namespace, replicas)

    def _spec(self, name: str) -> dict[str, Any]:
        """Requests, and what some of them demand of the nodes around them."""
        cpu, memory = self._random.choice((50, 100, 200, 500)), self._random.choice((64, 128, 256, 512))
        requests = {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}
        spec: dict[str, Any] = {
            "terminationGracePeriodSeconds": self._random.choice((5, 30, 30, 30, 60, 120)),
            "containers": [{"image": f"registry.invalid/{name}:1", "resources": {"requests": requests}}],
        }
        matching = {"labelSelector": {"matchLabels": {"app": name}}}
        demand = self._random.random()
        if demand < 0.1:
            terms = [{"topologyKey": "kubernetes.io/hostname", **matching}]
            spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
        elif demand < 0.2:
            constraint = {"topologyKey": ZONE_LABEL, "maxSkew": 5, "whenUnsatisfiable": "DoNotSchedule", **matching}
            spec["topologySpreadConstraints"] = [constraint]
        return spec

    def _budget(self, name: str, namespace: str, replicas: int) -> None:
        chance = self._random.random()
        if chance < 0.3:
            return
        spec: dict[str, Any] = {"maxUnavailable": 1} if chance < 0.995 else {"maxUnavailable": 0}
        allowed = spec["maxUnavailable"]
        self.objects[BUDGETS].append(
            {
                "metadata": {"name": name, "namespace": namespace, "generation": 1},
                "spec": {"selector": {"matchLabels": {"app": name}}, **spec},
                "status": {
                    "observedGeneration": 1,
                    "expectedPods": replicas,
                    "currentHealthy": replicas,
                    "desiredHealthy": replicas - allowed,
                    "disruptionsAllowed": allowed,
                },
            }
        )

    def _pod(
        self, name: str, namespace: str, node: str, labels: dict[str, str], owner: dict[str, Any] | None
    ) -> dict[str, Any]:
        return {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": f"uid-{namespace}-{name}",
                "labels": labels,
                "ownerReferences": [owner] if owner else [],
            },
            "spec": {"nodeName": node, "containers": [{"image": "registry.invalid/agent:1"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        }


def _reference(kind: str, name: str, uid: str) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": True}


def _machine_id(name: str) -> str:
    return name.encode().hex().ljust(32, "0")


def make_snapshot(directory: Path, *, seed: int, workers: int, pods: int) -> None:
    """Writes the snapshot of a made-up cluster."""
    index = Index(UID, TAKEN_AT, OLD, KubeadmConfig(OLD, "api.example.com:6443", external_etcd=False), NEW)
    cluster = MadeUpCluster(seed=seed, workers=workers, pods=pods)
    write(directory, index, cluster.objects, cluster.hosts())


def plan(directory: Path, url: str, max_unavailable: int) -> dict[str, Any]:
    """Plans from the API at ``url``, or where there is none from the snapshot, and says what that cost this process."""
    began = time.monotonic()
    intent = Intent(UID, NEW, max_unavailable=max_unavailable)
    drain = DrainOptions(delete_emptydir_data=True)
    if url:
        transport = Transport(ConnectionOptions(host=url, api_key="none"))
        assessment = assess(transport, SnapshotDirectory(directory).hosts(), intent, drain, TAKEN_AT)
    else:
        assessment = assess_stored(directory, intent, drain)
    workloads = assessment.snapshot.workloads
    drains = [step.drain for step in assessment.plan.steps if step.drain]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "from": "API" if url else "snapshot",
        "max_unavailable": max_unavailable,
        "nodes": len(assessment.snapshot.nodes),
        "pods": len(workloads.pods) if workloads else 0,
        "waves": len(assessment.plan.waves),
        "drains": dict(sorted(Counter(drain.outcome for drain in drains).items())),
        "findings": len(assessment.findings),
        "wall_seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mib": _peak_mib(),
    }


def _peak_mib() -> int:
    """Of this process alone: what getrusage tells is never less than what its parent had when it started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def measure(directory: Path, max_unavailable: int, url: str = "") -> None:
    """In a process of its own."""
    told = ["--measure", f"--directory={directory}", f"--url={url}", f"--max-unavailable={max_unavailable}"]
    subprocess.run([sys.executable, "-m", "tests.bench.plan", *told], check=True)


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """The URL at which the snapshot can be read as from an API server, in another process."""
    command = [sys.executable, "-m", "tests.bench.listing", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.plan", description=__doc__)
    parser.add_argument("--nodes", type=int, default=5000)
    parser.add_argument("--pods", type=int, default=150_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-unavailable", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--directory", type=Path, help="where the snapshot is kept; one that is there is used")
    # What each measurement's process is told:
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    if told.measure:
        print(json.dumps(plan(told.directory, told.url, told.max_unavailable[0])))
        return
    with tempfile.TemporaryDirectory(prefix="day2-bench-") as temporary:
        directory = told.directory or Path(temporary) / "snapshot"
        if not (directory / "snapshot.json").exists():
            make_snapshot(directory, seed=told.seed, workers=told.nodes - 3, pods=told.pods)
        size = sum(file.stat().st_size for file in directory.iterdir())
        print(f"snapshot: {size / 2**20:.0f} MiB")
        for number in told.max_unavailable:
            measure(directory, number)
        with served(directory) as url:
            measure(directory, told.max_unavailable[0], url)


if __name__ == "__main__":
    main(sys.argv[1:])
