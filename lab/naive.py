# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrade a lab cluster by hand, as the Kubernetes documentation says: one node after the other, no product code.

Its times, and what a probe sees meanwhile, are what the product is compared with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lab import artefacts, progress
from lab.artefacts import versions
from lab.artefacts.packages import package_version
from lab.cluster import identity, kubeadm, workloads
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node
from lab.cluster.status import table
from lab.errors import LabError
from lab.host import api, command, ssh

_NODE_SECONDS = 1200
_DRAIN_SECONDS = 900


@dataclass
class Times:
    """Seconds by node and step."""

    rows: list[dict[str, str]] = field(default_factory=list)

    @contextmanager
    def step(self, node: str, name: str) -> Iterator[None]:
        """Time one step of one node."""
        begin = time.monotonic()
        with progress.step(f"{node}: {name}"):
            yield
        self.rows.append({"node": node, "step": name, "seconds": f"{time.monotonic() - begin:.1f}"})


def upgrade(cluster: ClusterRecord, version: str) -> None:
    """Upgrade all nodes and print the times; stops at the first error, as a person would."""
    try:
        target = versions.parse(version)
    except ValueError as error:
        raise LabError(str(error), remedy="e.g. --to 1.36.3") from error
    if not versions.parse(cluster.spec.version) < target <= versions.parse(cluster.spec.upgrade_to):
        raise LabError(
            f"cluster {cluster.name} was not prepared to be upgraded to {version}",
            remedy=f"lab up {cluster.name} --version {cluster.spec.version} --upgrade-to {version}",
        )
    times, begin = Times(), time.monotonic()
    for node in cluster.nodes:
        first = node is cluster.control_planes[0]
        _upgrade_node(cluster, node, version, times, apply=first)
    times.rows.append({"node": "all", "step": "whole upgrade", "seconds": f"{time.monotonic() - begin:.1f}"})
    print(table(times.rows))


def _upgrade_node(cluster: ClusterRecord, node: Node, version: str, times: Times, *, apply: bool) -> None:
    def on_node(script: str) -> None:
        argv = ssh.argv(cluster.directory, node.address, ["bash", "-euo", "pipefail", "-s"])
        command.run(argv, stdin=script, timeout_seconds=_NODE_SECONDS)

    ignored = f"--ignore-preflight-errors={','.join(kubeadm.IGNORED_PREFLIGHT_ERRORS)}"
    change = f"apply --yes v{version} {ignored}" if apply else f"node {ignored}"
    with times.step(node.name, "kubeadm package"):
        on_node(_install(version, "kubeadm"))
    with times.step(node.name, "kubeadm upgrade"):
        on_node(f"kubeadm upgrade {change} >&2\n")
    with times.step(node.name, "drain"):
        drain = ("drain", node.name, "--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={_DRAIN_SECONDS}s")
        _kubectl(cluster, *drain)
    with times.step(node.name, "kubelet package"):
        on_node(_install(version, "kubelet", "kubectl"))
    with times.step(node.name, "kubelet restart"):
        on_node("systemctl daemon-reload\nsystemctl restart kubelet\n")
        _repeat(lambda: _require_upgraded(cluster, node, version))
    with times.step(node.name, "uncordon"):
        _repeat(lambda: _kubectl(cluster, "uncordon", node.name))


def _install(version: str, *packages: str) -> str:
    names = " ".join(packages)
    wanted = " ".join(f"{package}={package_version(version)}" for package in packages)
    return (
        "export DEBIAN_FRONTEND=noninteractive\n"
        f"apt-mark -qq unhold {names} >&2\n"
        "apt-get --quiet=2 update >&2\n"
        f"apt-get --quiet=2 --yes install {wanted} >&2\n"
        f"apt-mark -qq hold {names} >&2\n"
    )


def _kubectl(cluster: ClusterRecord, *arguments: str) -> str:
    kubectl = str(artefacts.kubernetes(cluster.spec.version) / "kubectl")
    argv = [kubectl, "--kubeconfig", str(identity.admin_kubeconfig(cluster)), *arguments]
    return command.run(argv, timeout_seconds=_NODE_SECONDS)


def _require_upgraded(cluster: ClusterRecord, node: Node, version: str) -> None:
    item = api.get(api.access(identity.admin_kubeconfig(cluster)), f"/api/v1/nodes/{node.name}")
    if item["status"]["nodeInfo"]["kubeletVersion"] != f"v{version}" or workloads.unready_nodes([item], [node.name]):
        raise LabError(f"{node.name} is not Ready with kubelet {version}")


def _repeat(
    attempt: Callable[[], object],
    *,
    timeout_seconds: float = 300,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Try until it works, as a person does while a single API server restarts; the last error if it never does."""
    deadline = clock() + timeout_seconds
    while True:
        try:
            attempt()
            return
        except LabError:
            if clock() > deadline:
                raise
            sleep(1)
