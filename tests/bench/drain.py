# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.drain``: one node with 60 pods without grace, drained by us and by kubectl.

Against the API harness, so the figures hold scheduling, eviction and budgets, and no container runtime.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import drain
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Unfenced
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from tests.harness import objects
from tests.harness.binaries import binaries
from tests.harness.cluster import Cluster

PODS = 60
TRIES = 3


def by_us(cluster: Cluster, node: str) -> None:
    result = drain(
        Transport(ConnectionOptions(kubeconfig=str(cluster.product_kubeconfig))),
        node,
        DrainOptions(timeout_seconds=120, settle_seconds=0),
        run_id="bench",
        now_iso=lambda: "2026-01-01T00:00:00Z",
        fence=Unfenced(),
        say=lambda _text: None,
    )
    if cluster.pods("bench", node=node):
        raise RuntimeError(f"pods are left: {result}")


def by_kubectl(cluster: Cluster, node: str) -> None:
    subprocess.run(
        [
            str(binaries().kubernetes / "kubectl"),
            f"--kubeconfig={cluster.admin_kubeconfig}",
            "drain",
            node,
            "--ignore-daemonsets",
            "--timeout=120s",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def seconds(cluster: Cluster, name: str, empty: Callable[[Cluster, str], None]) -> float:
    """The time that ``empty`` takes for a fresh node with PODS pods; another node takes them."""
    full, other = f"{name}-full", f"{name}-other"
    cluster.create_node(full)
    cluster.create(objects.deployment(name, PODS, grace_period=0), "bench")
    cluster.wait_for_pods("bench", PODS, app=name)
    cluster.create_node(other)
    started = time.monotonic()
    empty(cluster, full)
    took = time.monotonic() - started
    cluster.admin.delete(f"/apis/apps/v1/namespaces/bench/deployments/{name}", propagationPolicy="Foreground")
    for node in (full, other):
        cluster.admin.delete(f"/api/v1/nodes/{node}")
    return took


def main() -> None:
    with Cluster() as cluster:
        cluster.create_namespace("bench")
        print(f"drain of {PODS} pods without grace, {TRIES} tries, seconds")
        for who, empty in {"day2": by_us, "kubectl": by_kubectl}.items():
            times = [seconds(cluster, f"{who}-{number}", empty) for number in range(TRIES)]
            print(f"{who:8}", *(f"{took:6.1f}" for took in times))


if __name__ == "__main__":
    main()
