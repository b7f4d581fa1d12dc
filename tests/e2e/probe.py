# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's probe beside something that takes a while: ``python -m tests.e2e.probe start|stop CLUSTER``.

It ends by itself after an hour, so a killed run leaves it for that long at most.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from lab import probe
from tests.e2e.lab_cluster import artifacts

LAB = Path(__file__).resolve().parents[2] / "lab" / "lab"
SECONDS = 3600
# A request under way is given its ten seconds to end.
STOP_SECONDS = 15.0


def start(cluster: str) -> None:
    """Start the probe in a session of its own; a previous one ends first."""
    stop()
    with _path("log").open("wb") as log:
        process = subprocess.Popen(
            [str(LAB), "probe", cluster, "--seconds", str(SECONDS), "--output", str(_path("jsonl"))],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _path("pid").write_text(f"{process.pid}\n")


def stop() -> None:
    """Interrupt the probe, if it runs, and wait until its file is complete."""
    if not _path("pid").exists():
        return
    pid = int(_path("pid").read_text())
    give_up = time.monotonic() + STOP_SECONDS
    while _is_probe(pid) and time.monotonic() < give_up:
        os.kill(pid, signal.SIGINT)
        time.sleep(0.5)
    _path("pid").unlink()


def figures() -> list[dict[str, Any]]:
    """Return the figures per series: requests, failures, those slower than a second, the longest gap."""
    return probe.summarise(_path("jsonl"))


def _is_probe(pid: int) -> bool:
    """Whether the process is still the probe: ids are used again."""
    try:
        return b"probe" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _path(suffix: str) -> Path:
    return artifacts() / f"probe.{suffix}"


if __name__ == "__main__":
    action, name = sys.argv[1:]
    if action == "start":
        start(name)
    else:
        stop()
