# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what runs on this node, by the name of its program."""

from __future__ import annotations

from .files import Files


def process_ids(files: Files, program: str) -> list[int]:
    """The processes of ``program``, a file's name without its directory."""
    return [
        int(name)
        for name in files.names("/proc")
        if name.isdigit() and _program(files.read(f"/proc/{name}/cmdline")) == program
    ]


def _program(command_line: str | None) -> str:
    """The name of what runs; empty for a process that has ended meanwhile, or has no command line."""
    return (command_line or "").partition("\0")[0].rpartition("/")[2]
