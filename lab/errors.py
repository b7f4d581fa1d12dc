# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors the lab reports to a person: one line what, one line what to do; never a traceback."""

from __future__ import annotations

from lab.artefacts.command import LabError as _BaseError


class LabError(_BaseError):
    """Something the person running the lab can act on.

    `remedy` says what to do next; the command line prints it on its own line.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class CommandError(LabError):
    """A program that the lab ran ended with an error; carries what it wrote to standard error."""

    def __init__(self, argv: list[str], status: int | None, stderr: str) -> None:
        ending = "ran out of time" if status is None else f"ended with status {status}"
        tail = "\n".join(stderr.strip().splitlines()[-15:])
        super().__init__(f"{' '.join(argv[:6])}{' ...' if len(argv) > 6 else ''} {ending}\n{tail}".rstrip())
        self.argv = argv
        self.status = status
        self.stderr = stderr
