# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of scripts/e2e.sh with everything that it calls replaced: its status is the scenario's, nothing is left."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "e2e.sh"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Like the repository, but what the script calls only writes down that it was called."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    program(tmp_path, "scripts/venv.sh", f"echo {tmp_path}/venv")
    program(tmp_path, "venv/bin/python", 'case "$1" in -c) echo inventory 1.35.4 1.36.3 ;; *) exit 1 ;; esac')
    program(tmp_path, "lab/lab", f'echo "$*" >>{tmp_path}/lab.log')
    return tmp_path


def program(checkout: Path, path: str, script: str) -> None:
    file = checkout / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("status", [0, 3])
def test_the_status_is_the_scenario_s_and_the_cluster_goes(checkout: Path, status: int) -> None:
    program(checkout, "venv/bin/molecule", f"exit {status}")

    ended = subprocess.run([checkout / "scripts" / "e2e.sh", "upgrade"], check=False, stdin=subprocess.DEVNULL)

    assert ended.returncode == status
    assert (checkout / "lab.log").read_text() == "down e2e-upgrade\n"
