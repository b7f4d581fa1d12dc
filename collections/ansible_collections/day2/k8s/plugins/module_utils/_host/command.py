# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: how every command on a node is run.

A list of words, never a shell line; in the C locale and in UTC, so that output can be parsed; with a deadline, because
a module that hangs keeps a drained node out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Callable

# AnsibleModule.run_command, which offers no deadline of its own; coreutils' timeout does.
RunCommand = Callable[..., "tuple[int, str, str]"]

_ENVIRONMENT = {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "C", "TZ": "UTC"}
# A session that is not a login need not look where ip, dpkg and systemd's tools lie.
_MORE_PATH = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
_KILL_AFTER_SECONDS = 5
# As coreutils' timeout documents its exit status.
_TIMED_OUT = (124, 137)
NOT_FOUND = 127


class CommandError(Exception):
    """A command that failed or ran out of time; the text says which, with the end of what it printed."""


@dataclass(frozen=True)
class Completed:
    """A command that has ended, with all that it printed."""

    argv: tuple[str, ...]
    rc: int
    stdout: str
    stderr: str

    def describe(self) -> str:
        """The command, how it ended and its last words, on one line."""
        last_words = " ".join((self.stderr.strip() or self.stdout.strip())[-500:].split())
        return f"`{' '.join(self.argv)}` ended with status {self.rc}" + (f": {last_words}" if last_words else "")


class Runner:
    """Runs commands through the module's ``run_command``."""

    def __init__(self, run_command: RunCommand) -> None:
        self._run_command = run_command

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout_seconds: int = 60,
        check: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run ``argv``; raises CommandError after ``timeout_seconds`` and, with ``check``, on any status but 0.

        A program that is not there ends with status NOT_FOUND.
        """
        bounded = ["timeout", f"--kill-after={_KILL_AFTER_SECONDS}", str(timeout_seconds), *argv]
        rc, stdout, stderr = self._run_command(
            bounded, environ_update={**_ENVIRONMENT, "PATH": _path(), **(environment or {})}
        )
        completed = Completed(tuple(argv), rc, stdout, stderr)
        if rc in _TIMED_OUT:
            raise CommandError(f"`{' '.join(argv)}` did not end within {timeout_seconds} s")
        if check and rc != 0:
            raise CommandError(completed.describe())
        return completed


def _path() -> str:
    return os.pathsep.join(filter(None, (os.environ.get("PATH"), *_MORE_PATH)))
