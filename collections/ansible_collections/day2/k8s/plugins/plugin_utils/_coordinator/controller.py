# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the ansible-playbook that opened the run still there?

A PID alone is not enough, since another process may have been given it; its start time tells them apart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_STARTTIME_FIELD = 22  # proc_pid_stat(5), counted from 1
_STATE_FIELD = 3
_FIELDS_BEFORE_STATE = 2


@dataclass(frozen=True, slots=True)
class Controller:
    """A process by ``pid`` and ``start_time`` (clock ticks since boot; None where there is no /proc)."""

    pid: int
    start_time: int | None

    @classmethod
    def of(cls, pid: int, *, proc: Path = Path("/proc")) -> Controller:
        stat = _stat(pid, proc)
        return cls(pid, None if stat is None else stat[1])

    def alive(self, *, proc: Path = Path("/proc")) -> bool:
        """A zombie counts as gone: it executes nothing any more."""
        if self.start_time is None:
            return _answers_signal(self.pid)
        stat = _stat(self.pid, proc)
        return stat is not None and stat[0] not in "ZX" and stat[1] == self.start_time


def _stat(pid: int, proc: Path) -> tuple[str, int] | None:
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the command in parentheses and may itself contain spaces and parentheses.
    fields = text[text.rindex(")") + 1 :].split()
    return fields[_STATE_FIELD - _FIELDS_BEFORE_STATE - 1], int(fields[_STARTTIME_FIELD - _FIELDS_BEFORE_STATE - 1])


def _answers_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
