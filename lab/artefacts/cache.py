# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's cache: everything that was built, kept by kind, name and the digest of the recipe that made it.

A finished artefact is a directory whose content is never changed again. It is made under another name and renamed when
it is complete, under a lock, so an interrupted build leaves nothing that looks finished and two processes that want
the same thing build it once. It goes when nobody has asked for it for two weeks and another of its kind is made.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import progress

DIGEST_LENGTH = 12
UNUSED_SECONDS = 14 * 24 * 3600.0

Build = Callable[[Path], object]


def root() -> Path:
    """Return the cache directory: ``DAY2_LAB_CACHE``, or ``day2-lab`` in the user's cache directory."""
    if override := os.environ.get("DAY2_LAB_CACHE"):
        return Path(override).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "day2-lab"


def digest(*parts: str | Path) -> str:
    """Digest a recipe: texts as they are; a file by name and content; a directory by all the files in it.

    Each part goes in with its length, so that moving a character from one part to the next gives another digest.
    """
    seen = hashlib.sha256()

    def add(data: bytes) -> None:
        seen.update(len(data).to_bytes(8, "big") + data)

    for part in parts:
        if isinstance(part, str):
            add(part.encode())
        elif part.is_dir():
            for file in sorted(p for p in part.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
                add(str(file.relative_to(part)).encode())
                add(file.read_bytes())
        else:
            add(part.name.encode())
            add(part.read_bytes())
    return seen.hexdigest()[:DIGEST_LENGTH]


def log_file(name: str) -> Path:
    """Return the log of the newest build of ``name``; its directory exists."""
    logs = root() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    return logs / f"{name}.log"


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the machine-wide lock ``name``; another holder is named once and then waited for without limit.

    The kernel frees the lock when its holder ends, however it ends.
    """
    locks = root() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"... another process is making {name}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def produce(kind: str, name: str, recipe: str, build: Build) -> Path:
    """Return the directory ``<cache>/<kind>/<name>-<recipe>``; ``build`` fills it first if it is not there.

    :param build: gets an empty directory to fill; if it raises, that directory is dropped with the next attempt
    """
    target = root() / kind / f"{name}-{recipe}"
    if target.is_dir():
        # The time of its last use.
        os.utime(target)
        return target
    with lock(f"{kind}-{target.name}"):
        # Another process may have finished it while this one waited.
        if not target.is_dir():
            partial = target.with_name(f"{target.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            build(partial)
            partial.rename(target)
            _drop_unused(target.parent)
    return target


def _drop_unused(kind: Path) -> None:
    """Drop artefacts of one kind that nobody has asked for in a long time: of old recipes, or of old versions."""
    oldest = time.time() - UNUSED_SECONDS
    for artefact in kind.iterdir():
        if artefact.stat().st_mtime < oldest:
            shutil.rmtree(artefact, ignore_errors=True)
