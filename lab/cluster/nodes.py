# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes: containers that run systemd, as machines do."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Mapping

from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node, gateway
from lab.errors import CommandError, LabError
from lab.host import command, podman

# Kept outside of the container's layered root: the kubelet and containerd need a plain file system for their own
# mounts, and etcd one on which fsync is not paid twice.
_VOLUMES = {"containerd": "/var/lib/containerd", "kubelet": "/var/lib/kubelet", "etcd": "/var/lib/etcd"}

_BOOT_SECONDS = 60


def container(node: Node) -> str:
    """The name of a node's container."""
    return f"day2-lab-{node.name}"


def network(record: ClusterRecord) -> str:
    """The name of the cluster's network."""
    return f"day2-lab-{record.name}"


def public_key(record: ClusterRecord) -> str:
    """Path of the public half of the key that opens root's login on the nodes."""
    return f"{record.directory / 'id_ed25519'}.pub"


def start_all(record: ClusterRecord, image: str, sandbox_image: str) -> None:
    """Make the network and start all nodes; they have finished booting when this returns."""
    podman.create_network(record.name, network(record), record.subnet, gateway(record.subnet))
    command.in_parallel(lambda node: _start(record, node, image, sandbox_image), record.nodes, limit=4)
    command.in_parallel(wait_booted, record.nodes)


def _start(record: ClusterRecord, node: Node, image: str, sandbox_image: str) -> None:
    mounts: list[str] = []
    for purpose, path in _VOLUMES.items():
        if purpose == "etcd" and not node.control_plane:
            continue
        volume = f"{container(node)}-{purpose}"
        podman.podman("volume", "create", *podman.labels(record.name), volume)
        mounts += ["--volume", f"{volume}:{path}"]
    hosts = [argument for other in record.nodes for argument in ("--add-host", f"{other.name}:{other.address}")]
    podman.podman(
        "run",
        "--detach",
        *podman.labels(record.name),
        *("--name", container(node)),
        *("--hostname", node.name),
        *("--network", network(record)),
        *("--ip", node.address),
        *hosts,
        *mounts,
        *("--volume", f"{public_key(record)}:/etc/day2-lab/authorized_keys:ro"),
        *("--env", f"DAY2_LAB_MACHINE_ID={node.machine_id}"),
        *("--env", f"DAY2_LAB_SANDBOX_IMAGE={sandbox_image}"),
        "--privileged",
        "--cgroupns=private",
        "--systemd=always",
        # A machine that reboots comes back by itself; so does a container whose systemd ended.
        "--restart=always",
        *("--ulimit", "nofile=20000:20000"),
        *("--ulimit", "nproc=10000:10000"),
        image,
    )


def wait_booted(node: Node, *, timeout_seconds: float = _BOOT_SECONDS) -> None:
    """Wait until systemd has started everything; units that failed are named."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            podman.exec_in(container(node), "systemctl", "is-system-running", "--wait", timeout_seconds=timeout_seconds)
            return
        except CommandError as error:
            # "degraded" ends with an error as well: the system is up, but a unit of the image failed.
            failed = _failed_units(node)
            if failed:
                raise LabError(f"{node.name}: units failed while booting: {failed}") from error
            if time.monotonic() > deadline:
                raise LabError(f"{node.name} did not finish booting within {timeout_seconds:.0f} s") from error
            time.sleep(0.3)


def _failed_units(node: Node) -> str:
    try:
        listing = podman.exec_in(container(node), "systemctl", "list-units", "--state=failed", "--plain", "--no-legend")
    except CommandError:
        return ""  # systemd does not answer yet
    return " ".join(line.split()[0] for line in listing.splitlines() if line.strip())


def archive(files: Mapping[str, tuple[str, int]]) -> bytes:
    """Pack files, as path to (content, mode), into a tar archive to be unpacked at a node's root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, (content, mode) in files.items():
            data = content.encode()
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mode = len(data), mode
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def write_files(node: Node, files: Mapping[str, tuple[str, int]]) -> None:
    """Write files on a node, as path to (content, mode); missing directories are made."""
    podman.exec_in(container(node), "tar", "--extract", "--directory=/", stdin=archive(files))


def shell(node: Node, script: str, *, timeout_seconds: float = 300) -> str:
    """Run a bash script on a node, stopping at its first error, and return what it printed."""
    return podman.exec_in(
        container(node), "bash", "-euo", "pipefail", "-s", stdin=script, timeout_seconds=timeout_seconds
    )


def exec_kubectl(node: Node, *arguments: str, stdin: str | None = None, timeout_seconds: float = 120) -> str:
    """Run kubectl as administrator on a control-plane node."""
    kubectl = ("kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *arguments)
    return podman.exec_in(container(node), *kubectl, stdin=stdin, timeout_seconds=timeout_seconds)
