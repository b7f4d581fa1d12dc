# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are, for the tests of what the whole repository keeps to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def collection() -> Path:
    return REPOSITORY / "collections/ansible_collections/day2/k8s"


@pytest.fixture(scope="session")
def tracked_files() -> list[Path]:
    """The files under version control, or about to be, that exist."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = [REPOSITORY / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file()]
