# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: long work on a node, as a transient systemd unit that outlives the connection.

The unit has one fixed name, so it is a lock as well: a node does one piece of such work at a time, whoever started it.
What it prints and how it ended stay as files in LOG_DIRECTORY, named by the work's id; the unit itself is gone as soon
as it has ended. An id is given by whoever wants the work, so that after a lost connection the same question ("do this,
as work X") finds the work it had started instead of starting it again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from . import units
from .command import CommandError, Runner
from .files import Files
from .times import iso_time
from .undo import Undo

UNIT = units.NODE_WORK
LOG_DIRECTORY = "/var/log/day2"
KEPT_FILES = 200
_POLL_SECONDS = 1.0
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
_DESCRIPTION = re.compile(r"^day2\.k8s work (?P<id>\S+): (?P<command>.*)$")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ENDED = ("inactive", "failed")

# Runs the command that follows and writes "status began ended" (epoch seconds) where its first argument says. Written
# beside and renamed, so that a result is there as a whole or not at all: then the machine went down in between.
_RECORDER = """\
result=$1
shift
began=$(date +%s)
"$@"
status=$?
printf '%s %s %s\\n' "$status" "$began" "$(date +%s)" >"$result.part" && mv "$result.part" "$result"
exit "$status"
"""


@dataclass(frozen=True)
class Active:
    """The work that this node is doing now; ``since`` is in epoch seconds."""

    id: str
    command: str
    since: float


@dataclass(frozen=True)
class Command:
    """What to run. ``afterwards`` is run in any case once ``argv`` has ended, however it did; its program is a path."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    afterwards: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """How a piece of work ended; times are epoch seconds."""

    exit_status: int
    began: int
    ended: int

    @property
    def seconds(self) -> int:
        return self.ended - self.began


class UnitBusyError(Exception):
    """Somebody else's work started first."""


class WorkUnit:
    """The one unit of this node. ``wall_clock`` counts epoch seconds, ``clock`` those since boot."""

    def __init__(
        self,
        runner: Runner,
        files: Files,
        *,
        wall_clock: Callable[[], float],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._runner = runner
        self._files = files
        self._wall_clock = wall_clock
        self._clock = clock
        self._sleep = sleep

    def active(self) -> Active | None:
        """The work in progress, or None. Raises CommandError where systemd does not answer."""
        properties = "--property=ActiveState,Description,ExecMainStartTimestampMonotonic"
        shown = parse_properties(self._runner.run(["systemctl", "show", UNIT, properties]).stdout)
        if shown.get("ActiveState", "inactive") in _ENDED:
            return None
        description = _DESCRIPTION.match(shown.get("Description", ""))
        started = int(shown.get("ExecMainStartTimestampMonotonic") or 0) / 1e6
        return Active(
            id=description["id"] if description else "",
            command=description["command"] if description else shown.get("Description", ""),
            since=self._wall_clock() - max(0.0, self._clock() - started),
        )

    def wait(self, seconds: float) -> Active | None:
        """Wait at most so long for the work in progress to end; what is still active then, or None."""
        deadline = self._clock() + seconds
        while True:
            active = self.active()
            if active is None or self._clock() >= deadline:
                return active
            self._sleep(_POLL_SECONDS)

    def prolong_undos(self) -> None:
        """Whoever asks after the work is there to disarm what is armed on this node, however long the work takes."""
        Undo(self._runner, self._files).prolong()

    def start(self, work_id: str, command: Command) -> None:
        """Start ``command`` as work ``work_id``.

        Raises UnitBusyError when other work is active, CommandError when it cannot be started.
        """
        self._prepare_directory()
        for leftover in (self._result(work_id), self._result(work_id) + ".part"):
            self._files.path(leftover).unlink(missing_ok=True)
        try:
            self._runner.run(start_command(work_id, command, self.log(work_id), self._result(work_id)))
        except CommandError as error:
            if self.active() is not None:
                raise UnitBusyError(str(error)) from error
            raise

    def was_started(self, work_id: str) -> bool:
        """Whether this work was begun, on this machine, at any time."""
        return self._files.exists(self.log(work_id))

    def outcome(self, work_id: str) -> Outcome | None:
        """How the work ended; None when it never began, goes on, or was cut short."""
        text = self._files.read(self._result(work_id))
        return Outcome(*(int(word) for word in text.split())) if text else None

    def log(self, work_id: str) -> str:
        """Path of what the work printed. Raises ValueError for an id that cannot be a file's name."""
        return self._path(work_id, "log")

    def log_text(self, work_id: str) -> str:
        """What the work printed so far, without colours, which kubeadm uses even where nobody sees them."""
        return _COLOUR.sub("", self._files.read(self.log(work_id)) or "")

    def _result(self, work_id: str) -> str:
        return self._path(work_id, "result")

    def _path(self, work_id: str, suffix: str) -> str:
        if not _ID.match(work_id):
            raise ValueError(f"{work_id!r} cannot be the id of a piece of work")
        return f"{LOG_DIRECTORY}/{work_id}.{suffix}"

    def _prepare_directory(self) -> None:
        directory = self._files.path(LOG_DIRECTORY)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        by_age = sorted(directory.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in by_age[: max(0, len(by_age) - KEPT_FILES)]:
            path.unlink()


def start_command(work_id: str, command: Command, log: str, result: str) -> list[str]:
    """The systemd-run command line; systemd would replace ``$`` in the words of the command, so it is doubled there."""
    words = ["/bin/sh", "-c", _RECORDER, "day2-node-work", result, *command.argv]
    return [
        "systemd-run",
        f"--unit={UNIT}",
        f"--description=day2.k8s work {work_id}: {shlex.join(command.argv)}",
        "--collect",
        "--quiet",
        "--service-type=exec",
        f"--property=StandardOutput=append:{log}",
        *([f"--property=ExecStopPost={shlex.join(command.afterwards)}"] if command.afterwards else []),
        *(f"--setenv={name}={value}" for name, value in sorted(command.environment.items())),
        "--",
        *(word.replace("$", "$$") for word in words),
    ]


def parse_properties(output: str) -> dict[str, str]:
    """``systemctl show`` lines."""
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def describe_active(active: Active | None) -> dict[str, Any]:
    """As modules return it."""
    if active is None:
        return {"active": False, "id": None, "command": None, "since": None}
    return {"active": True, "id": active.id, "command": active.command, "since": iso_time(active.since)}
