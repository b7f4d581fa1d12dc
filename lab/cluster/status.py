# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and tests are told about clusters. Reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.cluster import haproxy, identity, inventory, lifecycle, nodes, record, workloads
from lab.cluster.record import ClusterRecord, Condition
from lab.host import api, podman

Row = dict[str, str]

ZONE_LABEL = "topology.kubernetes.io/zone"


def overview() -> list[Row]:
    """All clusters, one row each; also those of which only remains are there."""
    return [_overview_row(name) for name in lifecycle.all_names()]


def _overview_row(name: str) -> Row:
    cluster = record.load(name)
    if cluster is None:
        # No readable record: killed at the very start, or at the very end.
        state = Condition.STARTING if record.busy(name) else Condition.INCOMPLETE
        return {"name": name, "state": state.value, "version": "", "upgrade_to": "", "nodes": "", "api": "", "web": ""}
    return {
        "name": name,
        "state": lifecycle.condition(cluster).value,
        "version": cluster.spec.version,
        "upgrade_to": cluster.spec.upgrade_to,
        "nodes": f"{len(cluster.control_planes)}+{len(cluster.workers)}",
        "api": haproxy.api_url(cluster),
        "web": haproxy.web_url(cluster) if cluster.spec.workloads else "",
    }


def detail(cluster: ClusterRecord) -> dict[str, Any]:
    """One cluster: where everything is, its nodes and its workloads as the API and podman see them."""
    state = lifecycle.condition(cluster)
    seen: dict[str, Mapping[str, Any]] = {}
    rows: list[Row] = []
    problem = ""
    try:
        where = api.access(identity.admin_kubeconfig(cluster))
        seen = {item["metadata"]["name"]: item for item in api.get(where, "/api/v1/nodes")["items"]}
        rows = [_workload_row(item) for item in workloads.read(where)]
    except (api.ApiError, FileNotFoundError) as error:
        problem = str(error)
    running = {container.name for container in podman.containers(cluster.name) if container.running}
    return {
        **_overview_row(cluster.name),
        "state": state.value,
        "uid": cluster.uid,
        "created": cluster.created,
        "inventory": str(inventory.directory(cluster)),
        "kubeconfig": str(identity.product_kubeconfig(cluster)),
        "admin_kubeconfig": str(identity.admin_kubeconfig(cluster)),
        "problem": problem,
        "node_list": [
            {
                "name": node.name,
                "role": "control-plane" if node.control_plane else "worker",
                "address": node.address,
                "zone": node.zone,
                "container": "running" if nodes.container(node) in running else "stopped",
                **_node_row(seen.get(node.name)),
            }
            for node in cluster.nodes
        ],
        "workloads": rows,
    }


def _node_row(item: Mapping[str, Any] | None) -> Row:
    if item is None:
        return {"ready": "unknown", "kubelet": ""}
    name = item["metadata"]["name"]
    ready = "no" if workloads.unready_nodes([item], [name]) else "yes"
    if item["spec"].get("unschedulable"):
        ready += ",cordoned"
    return {"ready": ready, "kubelet": item["status"]["nodeInfo"]["kubeletVersion"]}


def _workload_row(item: Mapping[str, Any]) -> Row:
    ready, wanted = workloads.progress_of(item["kind"], item)
    meta = item["metadata"]
    return {
        "kind": item["kind"],
        "namespace": meta["namespace"],
        "name": meta["name"],
        "ready": f"{ready}/{wanted}",
    }


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows in columns, headed by their keys."""
    if not rows:
        return ""
    heads = list(rows[0])
    titles = [head.upper().replace("_", " ") for head in heads]
    lines = [titles, *([row[head] or "-" for head in heads] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
