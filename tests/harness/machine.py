# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of an inventory without a machine: this one's files, with some of them replaced, in a root of its own.

The root is an overlay of the real one, in a mount namespace that lives as long as the object. What code on the "host"
writes lands in memory and can be told: that is how check mode is held to its word. Needs root.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .process import Process
from .wait import eventually

# The order of mounts matters; /proc and /dev are the real ones, so processes are seen as they are.
_SETUP = """\
set -e
memory=$1 files=$2
shift 2
mount -t tmpfs -o mode=0755 machine "$memory"
mkdir "$memory/files" "$memory/written" "$memory/work" "$memory/root"
cp -a "$files/." "$memory/files"
for hidden in "$@"; do
  mkdir -p "$memory/files$hidden"
  # A directory marked like this shows nothing of what the real machine has there.
  python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.overlay.opaque", b"y")' "$memory/files$hidden"
done
mount -t overlay overlay "$memory/root" \\
  -o "lowerdir=$memory/files:/,upperdir=$memory/written,workdir=$memory/work"
mount --rbind /proc "$memory/root/proc"
mount --rbind /dev "$memory/root/dev"
mount -t tmpfs run "$memory/root/run"
mount -t tmpfs -o mode=1777 tmp "$memory/root/tmp"
touch "$memory/ready"
exec sleep infinity
"""
# Where Ansible itself works on any host.
_ANSIBLE = "root/.ansible"


class Machine:
    """``files`` maps absolute paths to contents; one that starts with ``#!`` can be executed.

    ``trees`` maps absolute paths to directories that are copied there; directories named in ``hidden`` have nothing
    but what is given.
    """

    def __init__(
        self,
        directory: Path,
        files: Mapping[str, str],
        *,
        trees: Mapping[str, Path] | None = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        self._directory = directory
        self._mount = directory / "machine"
        self._files = dict(files)
        self._trees = dict(trees or {})
        self._hidden = hidden
        self._holder: Process | None = None
        self._baseline: dict[str, str] = {}

    def start(self) -> None:
        """Set the root up; :meth:`settle` ends what the test itself does to it."""
        source = self._directory / "files"
        for path, content in self._files.items():
            target = source / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
            target.chmod(0o755 if content.startswith("#!") else 0o644)
            # Older than any process on it, as on a machine that was set up once and then used.
            os.utime(target, (1_700_000_000, 1_700_000_000))
        for path, tree in self._trees.items():
            shutil.copytree(tree, source / path.lstrip("/"))
        self._mount.mkdir()
        arguments = ["sh", "-c", _SETUP, "setup", str(self._mount), str(source), *self._hidden]
        self._holder = Process(
            ["unshare", "--mount", "--propagation=private", *arguments], self._directory / "machine.log"
        )
        eventually("the root of a machine is mounted", self._is_ready)

    def stop(self) -> None:
        if self._holder:
            self._holder.stop()

    @property
    def interpreter(self) -> Path:
        """A program that is the machine's own Python, to be given to Ansible."""
        wrapper = self._directory / "python"
        if not wrapper.exists():
            wrapper.write_text(f'#!/bin/sh\nexec {" ".join(self._enter())} /usr/bin/python3 "$@"\n')
            wrapper.chmod(0o755)
        return wrapper

    def run(self, *argv: str) -> str:
        """Run a command on the machine; returns what it printed."""
        done = subprocess.run([*self._enter(), *argv], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)} ended with status {done.returncode}: {done.stderr}")
        return done.stdout

    def settle(self) -> None:
        """Take what was written so far for granted."""
        self._baseline = self._written()

    def changes(self) -> list[str]:
        """Paths that were written, changed or removed since :meth:`settle`."""
        now = self._written()
        return sorted(path for path in now.keys() | self._baseline.keys() if now.get(path) != self._baseline.get(path))

    def _enter(self) -> list[str]:
        assert self._holder, "the machine was not started"
        return ["nsenter", f"--target={self._holder.pid}", "--mount", "chroot", str(self._mount / "root")]

    def _is_ready(self) -> bool:
        assert self._holder
        self._holder.check()
        return (self._inside / "ready").exists()

    @property
    def _inside(self) -> Path:
        """The machine's memory file system, as seen from here."""
        assert self._holder
        return Path(f"/proc/{self._holder.pid}/root{self._mount}")

    def _written(self) -> dict[str, str]:
        """Path to what is there now; directories count only by what is in them."""
        upper = self._inside / "written"
        found = {}
        for file in upper.rglob("*"):
            path = str(file.relative_to(upper))
            if not path.startswith(_ANSIBLE) and not stat.S_ISDIR(file.lstat().st_mode):
                found[f"/{path}"] = _state(file)
        return found


def _state(file: Path) -> str:
    if stat.S_ISREG(file.lstat().st_mode):
        return hashlib.sha256(file.read_bytes()).hexdigest()
    # A removed file is a device; anything else that is no file is told by its kind.
    return f"kind {stat.S_IFMT(file.lstat().st_mode):o}"
