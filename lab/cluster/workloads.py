# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's workloads: what is applied, and when all of it is up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

from lab.cluster import identity
from lab.cluster.record import ClusterRecord
from lab.errors import LabError
from lab.host import api

_LAB = Path(__file__).parents[1]
SAMPLES = _LAB / "workloads"
OBSTACLES = _LAB / "obstacles"

_READY_SECONDS = 240

# Everything that a cluster with workloads waits for, by its place in the API.
_COLLECTIONS = {
    "Deployment": "/apis/apps/v1/deployments",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "Job": "/apis/batch/v1/jobs",
}


def render(directory: Path, images: Mapping[str, str]) -> str:
    """All manifests of a directory in one text, their images filled in."""
    files = sorted(directory.glob("*.yaml"))
    return "\n".join(Template(file.read_text(encoding="utf-8")).substitute(images) for file in files)


def unready_nodes(nodes: Iterable[Mapping[str, Any]], expected: Iterable[str]) -> list[str]:
    """Names of the expected nodes that are missing or not Ready."""
    ready = {
        node["metadata"]["name"]
        for node in nodes
        if any(c["type"] == "Ready" and c["status"] == "True" for c in node.get("status", {}).get("conditions", []))
    }
    return [f"node {name}" for name in expected if name not in ready]


def progress_of(kind: str, item: Mapping[str, Any]) -> tuple[int, int]:
    """How many pods of a workload are ready (of a job: have succeeded), and how many it wants."""
    spec, status = item["spec"], item.get("status", {})
    if kind == "DaemonSet":
        return status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
    if kind == "Job":
        return status.get("succeeded", 0), spec.get("completions", 1)
    return status.get("readyReplicas", 0), spec.get("replicas", 1)


def observed(item: Mapping[str, Any]) -> bool:
    """Whether the controller has seen the object as it is now; jobs do not say."""
    seen = item.get("status", {}).get("observedGeneration")
    return item["kind"] == "Job" or seen == item["metadata"]["generation"]


def pending(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The workloads that are not wholly up, as `kind namespace/name ready/wanted`."""
    late = []
    for item in items:
        ready, wanted = progress_of(item["kind"], item)
        if ready < wanted or not observed(item):
            meta = item["metadata"]
            late.append(f"{item['kind']} {meta['namespace']}/{meta['name']} {ready}/{wanted}")
    return late


def read(where: api.Access) -> list[dict[str, Any]]:
    """All workloads of the cluster, each with its kind (lists leave it out)."""
    return [{"kind": kind, **item} for kind, path in _COLLECTIONS.items() for item in api.get(where, path)["items"]]


def wait_ready(
    record: ClusterRecord,
    *,
    timeout_seconds: float = _READY_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait until all nodes and all workloads, the cluster's own included, are ready; else name those that are not."""
    where = api.access(identity.admin_kubeconfig(record))
    deadline = clock() + timeout_seconds
    while True:
        try:
            nodes = api.get(where, "/api/v1/nodes")["items"]
            late = [*unready_nodes(nodes, [node.name for node in record.nodes]), *pending(read(where))]
        except api.ApiError as error:
            late = [str(error)]
        if not late:
            return
        if clock() > deadline:
            raise LabError(f"not ready after {timeout_seconds:.0f} s: {', '.join(late)}")
        sleep(0.5)
