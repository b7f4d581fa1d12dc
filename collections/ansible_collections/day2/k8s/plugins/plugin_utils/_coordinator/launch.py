# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a coordinator as a process in a session of its own, so that it outlives the task that starts it.

The process says on a pipe how its start goes: ``waiting`` (whose lock it waits for), then ``ready`` or ``refused``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from .._model.api_error import ApiError
from .._model.errors import Day2Error
from .._model.finding import Finding
from .config import CoordinatorConfig

LOG_NAME = "coordinator.log"
_LOG_TAIL_LINES = 5

# The module is run below the namespace and not below ``ansible_collections``: where the ``ansible`` package is
# installed, its ``ansible_collections`` is a regular package and would hide ours. Its place is put on the path from
# within and not by PYTHONPATH, which the credential plugins of a kubeconfig would inherit; it stands where else the
# working directory would, which may hold anything.
_NAMESPACE_DIRECTORY = Path(__file__).parents[4]
_BOOT = "import runpy, sys; sys.path[0] = sys.argv.pop(1); runpy.run_module(sys.argv.pop(1), run_name='__main__')"
_MODULE = ".".join(Path(__file__).parent.relative_to(_NAMESPACE_DIRECTORY).parts)


def launch(
    config: CoordinatorConfig, *, log_directory: Path, on_wait: Callable[[str], None]
) -> subprocess.Popen[bytes]:
    """Returns the process once the lock is held and the first sample is taken.

    ``on_wait`` is told whose lock is being waited for. Raises Day2Error with the findings of a coordinator that refused
    to start (D2-LOCK-001: the lock is somebody else's), or D2-RUN-001 with the end of its log when it died; ApiError
    when the API did not let it.
    """
    log = log_directory / LOG_NAME
    read_fd, write_fd = os.pipe()
    with os.fdopen(read_fd, "r", encoding="utf-8") as reports:
        try:
            process = _spawn(replace(config, report_fd=write_fd), log)
        finally:
            os.close(write_fd)
        _await_ready(reports, process, log, on_wait)
        return process


def _spawn(config: CoordinatorConfig, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(_NAMESPACE_DIRECTORY), _MODULE, config.run.id],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=(config.report_fd,),
            start_new_session=True,
        )
    if process.stdin is None:
        raise AssertionError("its standard input is a pipe")
    # A process that ended at once is noticed by its silence on the other pipe.
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(json.dumps(config.to_dict()).encode())
    return process


def _await_ready(reports: IO[str], process: subprocess.Popen[bytes], log: Path, on_wait: Callable[[str], None]) -> None:
    for line in reports:
        report: dict[str, Any] = json.loads(line)
        if report["report"] == "waiting":
            on_wait(report["text"])
        elif report["report"] == "refused":
            process.wait()
            raise Day2Error([Finding.from_dict(raw) for raw in report["findings"]])
        elif report["report"] == "api_error":
            process.wait()
            raise ApiError(report["status"], report["reason"], report["message"])
        elif report["report"] == "ready":
            return
    code = process.wait()
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_TAIL_LINES:])
    raise Day2Error(
        Finding(
            code="D2-RUN-001",
            subject="coordinator",
            message=f"the coordinator ended with code {code} before it was ready:\n{tail}",
            why="without it nothing holds the lock and nothing decides which node may be taken in hand",
            remedy="run the same command again; if it stays, report it with this message",
        )
    )
