# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the programs that build artefacts; their output goes to a log file that a failure names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TAIL_LINES = 15


class LabError(RuntimeError):
    """The lab cannot make what was asked for; the message says what, why and where to look."""


def run(
    argv: Sequence[str | Path], *, log: Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program to its end, its output appended to ``log``.

    :param environment: variables on top of this process's own
    :raises LabError: it cannot be started, or its exit code is not 0; the message ends with its last lines
    """
    words = [str(word) for word in argv]
    with log.open("a") as output:
        output.write(f"$ {' '.join(words)}\n")
        output.flush()
        try:
            code = subprocess.run(
                words,
                cwd=cwd,
                env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except FileNotFoundError as error:
            raise LabError(f"{words[0]} is not installed on this machine") from error
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        raise LabError(f"{words[0]} ended with exit code {code}; its whole output is in {log}\n{tail}")


def output(argv: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a short program to its end and return its standard output.

    :raises LabError: it cannot be started, or its exit code is not 0
    """
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise LabError(f"{words[0]} is not installed on this machine") from error
    if done.returncode != 0:
        raise LabError(
            f"{' '.join(words)} ended with exit code {done.returncode}: {(done.stderr or done.stdout).strip()}"
        )
    return done.stdout
