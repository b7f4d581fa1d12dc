# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a run: its directories and its plan, then lock and coordinator, then its record on the cluster."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._kube.connection import ConnectionOptions
from .._kube.transport import Transport
from .._model.acceptance import Acceptance
from .._model.api_error import ApiError
from .._model.run import Run
from .._run.records import RunRecord, write_run
from .._upgrade.limits import Limits
from .client import Client
from .config import LOCK_TTL_SECONDS, CoordinatorConfig
from .controller import Controller
from .launch import launch

PLAN = "plan.json"
SCHEMA = 1
_SOCKET = "coordinator.sock"
# sun_path holds 104 bytes on BSD and 108 on Linux.
_LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """The plan in the run's artefact directory. ``nodes`` are the Nodes in order, ``plan`` is the plan's own dict.

    ``drain`` is the policy of drains as it was given; without one, nobody foresees whether drains can end.
    """

    nodes: tuple[str, ...]
    limits: Limits
    failure_budget: int
    plan: Mapping[str, Any]
    drain: Mapping[str, Any] | None = None
    accept: tuple[Acceptance, ...] = ()

    def write(self, artifacts: Path) -> None:
        document = {
            "schema": SCHEMA,
            "nodes": list(self.nodes),
            "limits": self.limits.to_dict(),
            "failure_budget": self.failure_budget,
            "plan": dict(self.plan),
            "drain": self.drain,
            "accept": [acceptance.to_dict() for acceptance in self.accept],
        }
        (artifacts / PLAN).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, artifacts: Path) -> StoredPlan:
        """Raises OSError when it is not there."""
        raw = json.loads((artifacts / PLAN).read_text(encoding="utf-8"))
        return cls(
            nodes=tuple(raw["nodes"]),
            limits=Limits.from_dict(raw["limits"]),
            failure_budget=raw["failure_budget"],
            plan=raw["plan"],
            drain=raw["drain"],
            accept=tuple(map(Acceptance.from_dict, raw["accept"])),
        )


def new_run(
    *,
    verb: str,
    environment: str,
    cluster_uid: str,
    target: str,
    artifacts: Path,
    opened_at: str,
    check_mode: bool,
) -> Run:
    """A run with its directories made; in check mode it has only the private one, which the closing removes.

    ``artifacts`` is the root that all runs share.
    """
    run_id = f"{opened_at.replace('-', '').replace(':', '')}-{secrets.token_hex(2)}"
    directory = _private_directory()
    kept = Path(directory) if check_mode else artifacts.absolute() / environment / run_id
    kept.mkdir(parents=True, exist_ok=True)
    return Run(
        id=run_id,
        verb=verb,
        environment=environment,
        cluster_uid=cluster_uid,
        target=target,
        directory=directory,
        socket=str(Path(directory) / _SOCKET),
        artifacts=str(kept),
        opened_at=opened_at,
        check_mode=check_mode,
    )


def open_run(
    run: Run,
    stored: StoredPlan,
    *,
    connection: ConnectionOptions,
    transport: Transport,
    who: str,
    controller_pid: int,
    on_wait: Callable[[str], None],
    ttl_seconds: float = LOCK_TTL_SECONDS,
) -> subprocess.Popen[bytes]:
    """Returns the coordinator, with the lock held; it lives on when the caller ends.

    Raises Day2Error (D2-LOCK-001 when the lock is somebody else's) or ApiError; then nothing of the run is left.
    """
    stored.write(Path(run.artifacts))
    config = CoordinatorConfig(
        connection=connection,
        run=run,
        holder=f"{who}:{controller_pid}",
        controller=Controller.of(controller_pid),
        plan=stored.nodes,
        limits=stored.limits,
        failure_budget=stored.failure_budget,
        drained=tuple(step["node"] for step in stored.plan["steps"] if step["changes_machine"]),
        drain=stored.drain,
        accept=stored.accept,
        ttl_seconds=ttl_seconds,
    )
    try:
        coordinator = launch(config, log_directory=Path(run.artifacts), on_wait=on_wait)
    except BaseException:
        shutil.rmtree(run.artifacts, ignore_errors=True)
        shutil.rmtree(run.directory, ignore_errors=True)
        raise
    try:
        write_run(transport, _record(run, stored, who))
    except ApiError:
        Client(run.socket).close()
        coordinator.wait()
        raise
    return coordinator


def _record(run: Run, stored: StoredPlan, who: str) -> RunRecord:
    return RunRecord(
        run=run.id,
        verb=run.verb,
        environment=run.environment,
        target=run.target,
        who=who,
        opened_at=run.opened_at,
        nodes=stored.nodes,
    )


def _private_directory() -> str:
    """Mode 0700, at a path short enough for a socket."""
    directory = tempfile.mkdtemp(prefix="day2-")
    if len(directory) + len(_SOCKET) >= _LONGEST_SOCKET_PATH:
        Path(directory).rmdir()
        directory = tempfile.mkdtemp(prefix="day2-", dir="/tmp")
    return directory
