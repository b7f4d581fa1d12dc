# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps what it must remember. Artefacts have a cache of their own (`lab.artefacts`)."""

from __future__ import annotations

import os
from pathlib import Path


def state_root() -> Path:
    """The state directory: `DAY2_LAB_STATE`, else the XDG state directory of the user."""
    chosen = os.environ.get("DAY2_LAB_STATE")
    if chosen:
        return Path(chosen).absolute()
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base).absolute() / "day2-lab"


def private_directory(path: Path) -> Path:
    """Make a directory that only its owner may read: there are keys and tokens below."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable by its owner only; a kill leaves the old or the new content."""
    private_directory(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
