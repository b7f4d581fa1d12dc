# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a program: how long it took and how much memory its largest process had."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """``peak_megabytes`` is the largest process among the program and those it waited for."""

    code: int
    seconds: float
    peak_megabytes: float
    output: str


def run(argv: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Measured:
    """Run a program to its end; what it prints goes to ``log``."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        code=process.returncode,
        seconds=time.monotonic() - started,
        peak_megabytes=usage.ru_maxrss / 1024,
        output=log.read_text(errors="replace"),
    )
