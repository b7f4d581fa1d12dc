# SPDX-License-Identifier: GPL-3.0-or-later
"""Background processes that outlive the command that started them.

A process is known by its id *and* its start time (and the boot both belong to): an id alone is reused, and the lab must
never end a process that is not its own.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.errors import LabError
from lab.host import paths

STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Identity:
    """What proves that a process is the one that was started."""

    pid: int
    start_time: int
    boot_id: str


def parse_start_time(stat: str) -> int | None:
    """Start time in clock ticks since boot out of /proc/PID/stat; None for a zombie, which runs no more.

    The program's name stands in parentheses and may itself hold spaces and parentheses, hence the last one counts.
    """
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else int(fields[19])


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def identify(pid: int) -> Identity | None:
    """The identity of a running process, None when there is none with this id."""
    try:
        start_time = parse_start_time(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace"))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if start_time is None else Identity(pid, start_time, _boot_id())


class Daemon:
    """One background process with a pid file and a log file in a directory."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self._pid_file = directory / f"{name}.pid"

    def recorded(self) -> Identity | None:
        """What the pid file says, whether or not it still runs."""
        try:
            return Identity(**json.loads(self._pid_file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def running(self) -> bool:
        """Whether exactly the process that was started still runs."""
        recorded = self.recorded()
        return recorded is not None and identify(recorded.pid) == recorded

    def start(
        self,
        argv: Sequence[str],
        *,
        ready: Callable[[], bool],
        timeout_seconds: float = 15,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the program detached from this terminal and wait until `ready` answers true."""
        paths.private_directory(self._pid_file.parent)
        # Not subprocess: its objects mean children that are waited for, and this one is left behind on purpose.
        pid = os.posix_spawnp(argv[0], list(argv), os.environ, file_actions=self._files(), setsid=True)
        identity = identify(pid)
        if identity is not None:
            paths.write_private(self._pid_file, json.dumps(asdict(identity)))
        deadline = clock() + timeout_seconds
        while not ready():
            if identify(pid) is None or clock() > deadline:
                tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
                self.stop()
                raise LabError(f"{self.name} did not start within {timeout_seconds:.0f} s\n{tail}")
            sleep(0.1)

    def _files(self) -> list[tuple[int, ...] | tuple[int, int, str, int, int]]:
        """What the process's standard streams are: nothing in, the log out."""
        log_flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(self.log), log_flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]

    def stop(
        self,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """End the process, by force if it does not end by itself; forget it. Nothing happens when it is not running."""
        recorded = self.recorded()
        if recorded is not None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                if identify(recorded.pid) != recorded:
                    break
                os.kill(recorded.pid, number)
                deadline = clock() + STOP_SECONDS
                while identify(recorded.pid) == recorded and clock() < deadline:
                    sleep(0.05)
        self._pid_file.unlink(missing_ok=True)
