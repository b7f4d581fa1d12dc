# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab remembers of a cluster, and what that means for the cluster's condition.

The record is written *before* the first container exists and deleted *after* the last one is gone. So whatever was
killed in between, the next command finds the record and knows what to clean up.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path

from lab.cluster.spec import ClusterSpec, Node, check_name
from lab.errors import LabError
from lab.host import paths

SCHEMA = 1


class Phase(Enum):
    """How far the lab got with a cluster."""

    CREATING = "creating"
    READY = "ready"
    REMOVING = "removing"


class Condition(Enum):
    """What a person is told about a cluster."""

    STARTING = "starting"
    RUNNING = "running"
    REMOVING = "removing"
    STOPPED = "stopped"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class ClusterRecord:
    """A cluster as written to disk."""

    spec: ClusterSpec
    phase: Phase
    subnet: str
    nodes: list[Node]
    created: str
    uid: str = ""

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.spec.name

    @property
    def directory(self) -> Path:
        """Keys, kubeconfigs, inventory, pid files and logs of this cluster."""
        return directory(self.spec.name)

    @property
    def control_planes(self) -> list[Node]:
        """Control-plane nodes; the first one started the cluster."""
        return [node for node in self.nodes if node.control_plane]

    @property
    def workers(self) -> list[Node]:
        """Worker nodes."""
        return [node for node in self.nodes if not node.control_plane]

    def save(self) -> None:
        """Write the record, atomically."""
        data = {"schema": SCHEMA, **asdict(self), "phase": self.phase.value}
        paths.write_private(self.directory / "cluster.json", json.dumps(data, indent=1))

    def entered(self, phase: Phase) -> ClusterRecord:
        """Save and return the record in another phase."""
        changed = replace(self, phase=phase)
        changed.save()
        return changed


def condition(phase: Phase, *, busy: bool, all_nodes_run: bool, load_balancer_runs: bool) -> Condition:
    """What a cluster is, from what was recorded and what is observed.

    `busy` tells that a command is working on it now. A cluster whose making or removing nobody continues is
    incomplete; a complete one of which something does not run (the machine was stopped) is stopped.
    """
    if phase is Phase.CREATING:
        return Condition.STARTING if busy else Condition.INCOMPLETE
    if phase is Phase.REMOVING:
        return Condition.REMOVING if busy else Condition.INCOMPLETE
    return Condition.RUNNING if all_nodes_run and load_balancer_runs else Condition.STOPPED


def _clusters() -> Path:
    return paths.state_root() / "clusters"


def directory(name: str) -> Path:
    """The state directory of one cluster."""
    return _clusters() / check_name(name)


def load(name: str) -> ClusterRecord | None:
    """Read a record; None when there is no such cluster or its record was never completely written."""
    try:
        data = json.loads((directory(name) / "cluster.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if data.pop("schema") != SCHEMA:
        raise LabError(
            f"cluster {name} was made by another version of the lab",
            remedy=f"remove it with that version: lab down {name}",
        )
    spec = data.pop("spec")
    return ClusterRecord(
        spec=ClusterSpec(**{**spec, "zones": tuple(spec["zones"])}),
        phase=Phase(data.pop("phase")),
        nodes=[Node(**node) for node in data.pop("nodes")],
        **data,
    )


def require(name: str) -> ClusterRecord:
    """Read the record of a cluster that must exist."""
    found = load(check_name(name))
    if found is None:
        known = ", ".join(names()) or "none"
        raise LabError(
            f"there is no cluster {name} (clusters: {known})", remedy=f"start it: lab up {name} --version 1.35.4"
        )
    return found


def names() -> list[str]:
    """Names of all clusters that have a state directory, complete or not."""
    return sorted(entry.name for entry in _clusters().iterdir()) if _clusters().is_dir() else []


def forget(name: str) -> None:
    """Delete all that is remembered of a cluster."""
    shutil.rmtree(directory(name), ignore_errors=True)


@contextmanager
def lock(name: str, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock called `name`; yields False when `wait` is false and another process holds it.

    The kernel gives the lock up when its holder dies, so a lock never outlives the work that it protects.
    """
    file = paths.private_directory(paths.state_root() / "locks") / f"{name}.lock"
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def cluster_lock(name: str) -> str:
    """Name of the lock under which a cluster is made or removed."""
    return f"cluster-{name}"


def busy(name: str) -> bool:
    """Whether a command is making or removing this cluster right now."""
    with lock(cluster_lock(name), wait=False) as free:
        return not free
