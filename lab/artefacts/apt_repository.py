# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat apt repositories, one per minor of Kubernetes, as the community's packages are published."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from email.utils import formatdate
from pathlib import Path

from lab.artefacts import cache
from lab.artefacts.versions import parse

ARCHITECTURE = "amd64"
INDEX = "Packages"


def render_stanza(control: str, *, filename: str, size: int, sha256: str) -> str:
    """Render what the index says about one package."""
    return f"{control}Filename: ./{filename}\nSize: {size}\nSHA256: {sha256}\n\n"


def render_release(index: bytes, *, name: str, date: str) -> str:
    """Render the ``Release`` file of a flat repository.

    :param name: of the minor
    :param date: as in mails; apt wants one
    """
    return (
        f"Origin: day2-lab\nLabel: day2-lab:kubernetes:{name}\nArchitectures: {ARCHITECTURE}\nDate: {date}\n"
        f"SHA256:\n {hashlib.sha256(index).hexdigest()} {len(index)} {INDEX}\n"
    )


def publish(name: str, built: Path, *, preferred: str) -> Path:
    """Make sure that a repository has all packages of its minor; return the directory of repositories.

    A repository is replaced as a whole, by a link, so that a client never meets an index of one state with the
    packages of another.

    :param name: of the minor and the repository, such as ``v1.36``
    :param built: directory of directories with packages and their stanzas, named by version and recipe
    :param preferred: see :func:`choose`
    """
    repositories = cache.root() / "apt"
    published = repositories / name
    with cache.lock(f"apt-{name}"):
        sources = choose(_of_minor(built, name), preferred=preferred)
        state = repositories / ".states" / f"{name}-{cache.digest(*(source.name for source in sources))}"
        if not state.is_dir():
            _fill(state, name, sources)
        if not published.is_symlink() or published.resolve() != state.resolve():
            link = repositories / f".{name}.link"
            link.unlink(missing_ok=True)
            link.symlink_to(state.relative_to(repositories))
            link.replace(published)
            for old in state.parent.glob(f"{name}-*"):
                if old != state:
                    shutil.rmtree(old)
    return repositories


def _of_minor(built: Path, name: str) -> list[Path]:
    return [path for path in built.glob(f"{name.removeprefix('v')}.*-*") if path.suffix != ".partial"]


def choose(candidates: Iterable[Path], *, preferred: str) -> list[Path]:
    """Choose one directory of packages per version, in the order of versions.

    :param candidates: directories named by version and recipe
    :param preferred: the recipe to take if there is the choice; else the newest of those there are
    """
    best: dict[str, Path] = {}

    def rank(path: Path) -> tuple[bool, float]:
        return path.name.endswith(f"-{preferred}"), path.stat().st_mtime

    for path in candidates:
        version = path.name.rpartition("-")[0]
        if version not in best or rank(path) > rank(best[version]):
            best[version] = path
    return [best[version] for version in sorted(best, key=parse)]


def _fill(state: Path, name: str, sources: Sequence[Path]) -> None:
    partial = state.with_name(f"{state.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for source in sources:
        for deb in source.glob("*.deb"):
            os.link(deb, partial / deb.name)
    index = "".join((source / INDEX).read_text() for source in sources).encode()
    (partial / INDEX).write_bytes(index)
    (partial / "Release").write_text(render_release(index, name=name, date=formatdate(time.time(), usegmt=True)))
    partial.rename(state)
