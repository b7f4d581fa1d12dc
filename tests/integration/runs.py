# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the harness's cluster: opened as run_open opens them, for a controller that a test can kill."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Client
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan, new_run, open_run
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits
from tests.harness.cluster import Cluster

OLD, NEW = "1.35.4", "1.36.3"
TTL = 4.0
KUBEADM_CONFIG = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"
STATE = (
    "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases/day2-run",
    "/api/v1/namespaces/day2-system/configmaps/day2-run",
    "/api/v1/namespaces/day2-system/configmaps/day2-history",
)


@dataclass
class OpenRun:
    """A run with its coordinator and the process that stands for ansible-playbook."""

    run: Run
    controller: subprocess.Popen[bytes]
    coordinator: subprocess.Popen[bytes]
    waited: list[str]

    @property
    def client(self) -> Client:
        return Client(self.run.socket)

    @property
    def coordinated(self) -> bool:
        """Whether its coordinator still runs."""
        return self.coordinator.poll() is None

    def kill(self) -> None:
        """Kills ansible-playbook and nothing else."""
        self.controller.kill()
        self.controller.wait()


@dataclass
class Runs:
    """Opens runs, and ends at last what is left of them."""

    cluster: Cluster
    artifacts: Path
    opened: list[OpenRun] = field(default_factory=list)

    def open(
        self,
        nodes: Sequence[str],
        *,
        connection: ConnectionOptions | None = None,
        failure_budget: int = 0,
        max_unavailable: int = 1,
        target: str = NEW,
    ) -> OpenRun:
        """Raises as open_run."""
        connection = connection or ConnectionOptions(kubeconfig=str(self.cluster.product_kubeconfig))
        steps = [{"node": node, "from_version": OLD, "changes_machine": True} for node in nodes]
        stored = StoredPlan(tuple(nodes), Limits(max_unavailable), failure_budget, {"target": target, "steps": steps})
        run = new_run(
            verb="upgrade",
            environment="harness",
            cluster_uid=self.cluster.uid,
            target=target,
            artifacts=self.artifacts,
            opened_at=now_iso(),
            check_mode=False,
        )
        waited: list[str] = []
        controller = subprocess.Popen(["sleep", "600"])
        try:
            coordinator = open_run(
                run,
                stored,
                connection=connection,
                transport=Transport(connection),
                who="tester@harness",
                controller_pid=controller.pid,
                on_wait=waited.append,
                ttl_seconds=TTL,
            )
        except BaseException:
            controller.kill()
            controller.wait()
            raise
        self.opened.append(OpenRun(run, controller, coordinator, waited))
        return self.opened[-1]

    def end(self) -> None:
        """Kills the controllers; their coordinators follow."""
        for entry in self.opened:
            entry.kill()
            entry.coordinator.wait(timeout=60)


def cluster_configuration(version: str) -> dict[str, Any]:
    """The ConfigMap that kubeadm keeps in a cluster, with what is read of it."""
    document = (
        "apiVersion: kubeadm.k8s.io/v1beta4\n"
        "kind: ClusterConfiguration\n"
        f"kubernetesVersion: v{version}\n"
        "controlPlaneEndpoint: api.example.com:6443\n"
        "etcd: {local: {dataDir: /var/lib/etcd}}\n"
    )
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kubeadm-config", "namespace": "kube-system"},
        "data": {"ClusterConfiguration": document},
    }
