# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the node's files below a root that tests can move."""

from __future__ import annotations

import shutil
from pathlib import Path


class Files:
    """The node's file system; every path given is absolute, as on the node."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def path(self, path: str) -> Path:
        """Where ``path`` really is."""
        return self._root / path.lstrip("/")

    def read(self, path: str) -> str | None:
        """The text of a file, or None when there is no such file."""
        try:
            return self.path(path).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None

    def write(self, path: str, text: str, *, mode: int = 0o600) -> None:
        """Write a file as a whole, with the directories above it, readable by nobody else unless ``mode`` says so."""
        target = self.path(path)
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.chmod(mode)
        part.replace(target)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        self.path(path).unlink(missing_ok=True)

    def move(self, source: str, target: str) -> None:
        """Move a file within its file system, at once; the directories above ``target`` are made."""
        self.path(target).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.path(source).replace(self.path(target))

    def exists(self, path: str) -> bool:
        return self.path(path).exists()

    def names(self, directory: str) -> list[str]:
        """The sorted names in ``directory``; empty when there is none."""
        try:
            return sorted(entry.name for entry in self.path(directory).iterdir())
        except FileNotFoundError:
            return []

    def modified_at(self, path: str) -> float | None:
        """When the content was last written (epoch seconds), or None when there is no such file."""
        try:
            return self.path(path).stat().st_mtime
        except FileNotFoundError:
            return None

    def free_bytes(self, directory: str) -> int | None:
        """What is free on the file system of ``directory``, or None when there is no such directory."""
        try:
            return shutil.disk_usage(self.path(directory)).free
        except FileNotFoundError:
            return None
