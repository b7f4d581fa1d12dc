# SPDX-License-Identifier: GPL-3.0-or-later
"""The only code that talks to podman.

Everything made here carries two labels: the cluster's name and the state directory it belongs to. Listing and removing
go by both, so that two users of one machine, or two state directories, never touch each other's clusters.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import CommandError
from lab.host import command, paths

LABEL_CLUSTER = "day2-lab"
LABEL_STATE = "day2-lab-state"

LEFTOVER_SECONDS = 60.0

CGROUPS = Path("/sys/fs/cgroup")

# crun refuses machines whose cgroup hierarchies are mixed (v1 with a v2 mount beside); runc works on all of them.
PODMAN = ("podman", "--runtime", "runc")


@dataclass(frozen=True)
class Container:
    """A node's container as podman sees it."""

    identifier: str
    name: str
    running: bool


def podman(*arguments: str, stdin: str | bytes | None = None, timeout_seconds: float = 120) -> str:
    """Run podman and return what it printed."""
    return command.run([*PODMAN, *arguments], stdin=stdin, timeout_seconds=timeout_seconds)


def labels(cluster: str) -> list[str]:
    """The options that mark a new object as part of this cluster."""
    return ["--label", f"{LABEL_CLUSTER}={cluster}", "--label", f"{LABEL_STATE}={paths.state_root()}"]


def _list(*arguments: str) -> list[dict[str, Any]]:
    parsed = json.loads(podman(*arguments, "--format", "json") or "[]")
    return parsed if isinstance(parsed, list) else []


def _labels_of(row: Mapping[str, Any]) -> Mapping[str, str]:
    found = row.get("Labels") or row.get("labels") or {}
    return found if isinstance(found, dict) else {}


def _own(rows: Iterable[dict[str, Any]], cluster: str | None = None) -> list[dict[str, Any]]:
    """Those objects of this state directory that belong to a cluster, or to any.

    Looked at here and not by podman's filters: of two label filters podman wants both for containers, but takes
    either one for volumes.
    """
    own = []
    for row in rows:
        labels = _labels_of(row)
        of_this_state = labels.get(LABEL_STATE) == str(paths.state_root())
        if of_this_state and LABEL_CLUSTER in labels and cluster in (None, labels[LABEL_CLUSTER]):
            own.append(row)
    return own


def _containers(cluster: str | None = None) -> list[dict[str, Any]]:
    return _own(_list("ps", "--all"), cluster)


def _networks(cluster: str | None = None) -> list[dict[str, Any]]:
    return _own(_list("network", "ls"), cluster)


def _volumes(cluster: str | None = None) -> list[dict[str, Any]]:
    return _own(_list("volume", "ls"), cluster)


def containers(cluster: str) -> list[Container]:
    """The containers of a cluster."""
    return [Container(str(row["Id"]), str(row["Names"][0]), _runs(row)) for row in _containers(cluster)]


def _runs(row: Mapping[str, Any]) -> bool:
    # After a machine stop podman's own record may still say running.
    return row["State"] == "running" and Path(f"/proc/{row['Pid']}").exists()


def clusters_with_objects() -> set[str]:
    """Names of all clusters of which podman still holds anything; none on a machine that has no podman yet."""
    if shutil.which(PODMAN[0]) is None:
        return set()
    return {_labels_of(row)[LABEL_CLUSTER] for row in (*_containers(), *_networks(), *_volumes())}


def network_subnets() -> list[str]:
    """Subnets of all podman networks, also of those that are not the lab's and have no running container."""
    return [
        subnet["subnet"]
        for network in _list("network", "ls")
        for subnet in network.get("subnets") or []
        if "subnet" in subnet
    ]


def create_network(cluster: str, name: str, subnet: str, gateway: str) -> None:
    """Make the cluster's own bridge network; names inside are resolved by /etc/hosts, so no DNS server is started."""
    podman("network", "create", *labels(cluster), "--disable-dns", "--subnet", subnet, "--gateway", gateway, name)


def process_id(container: str) -> int:
    """The id, on this machine, of the first process in a running container."""
    return int(podman("inspect", "--format", "{{.State.Pid}}", container).strip())


def exec_in(container: str, *argv: str, stdin: str | bytes | None = None, timeout_seconds: float = 120) -> str:
    """Run a program inside a container and return what it printed."""
    interactive = ["--interactive"] if stdin is not None else []
    return podman("exec", *interactive, container, *argv, stdin=stdin, timeout_seconds=timeout_seconds)


def remove_cluster(cluster: str) -> None:
    """Remove the cluster's containers, network and volumes, also after the machine or podman died under them."""
    _wait_for_leftover_podman(cluster)
    command.in_parallel(_remove_container, containers(cluster), limit=4)
    # Not forced: force would take along any container that uses them, and those of this cluster are gone.
    if networks := [str(row["name"]) for row in _networks(cluster)]:
        podman("network", "rm", *networks)
    if volumes := [str(row["Name"]) for row in _volumes(cluster)]:
        podman("volume", "rm", *volumes)


def _wait_for_leftover_podman(
    cluster: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Let a podman finish that was started for this cluster by a command that was killed.

    It would make its object after the others are removed; killing it may leave podman's storage half written.
    """
    deadline = clock() + LEFTOVER_SECONDS
    wanted = {f"{LABEL_CLUSTER}={cluster}", f"{LABEL_STATE}={paths.state_root()}"}
    while any(wanted <= arguments for arguments in _podman_processes()) and clock() < deadline:
        sleep(0.2)


def _podman_processes() -> Iterator[set[str]]:
    """The arguments of every podman that runs on this machine."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            program, *arguments = file.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has just ended
        if Path(program).name == PODMAN[0]:
            yield set(arguments)


def _remove_container(container: Container) -> None:
    arguments = ("rm", "--force", "--volumes", "--time", "0", container.identifier)
    try:
        podman(*arguments)
    except CommandError:
        # A container whose processes were killed from outside fails to stop the first time; podman notices and
        # can remove it the second time.
        podman(*arguments)
    _remove_cgroups(container.identifier)


def _remove_cgroups(identifier: str) -> None:
    """Remove the container's own cgroups, which outlive one whose processes were killed from outside."""
    own = f"libpod_parent/libpod-{identifier}"
    for top in (*CGROUPS.glob(own), *CGROUPS.glob(f"*/{own}")):
        below = [path for path in top.rglob("*") if path.is_dir()]
        for directory in (*sorted(below, key=lambda path: -len(path.parts)), top):
            directory.rmdir()
