# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the lab starts other programs and waits for them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lab.errors import CommandError, LabError

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    argv: Sequence[str],
    *,
    stdin: str | bytes | None = None,
    timeout_seconds: float = 120,
) -> str:
    """Run a program in the C locale and return its standard output; raise `CommandError` when it fails."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    try:
        done = subprocess.run(
            list(argv),
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            timeout=timeout_seconds,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(list(argv), None, (error.stderr or b"").decode(errors="replace")) from error
    except FileNotFoundError as error:
        raise LabError(
            f"program {argv[0]} is not installed", remedy="run `make setup` or install it with your package manager"
        ) from error
    if done.returncode != 0:
        stderr = done.stderr.decode(errors="replace") or done.stdout.decode(errors="replace")
        raise CommandError(list(argv), done.returncode, stderr)
    return done.stdout.decode(errors="replace")


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item], *, limit: int = 16) -> list[Result]:
    """Do `work` for all items at the same time; results in the order of the items.

    All of them end before the first error is raised, so that nothing still runs when cleaning up begins.
    """
    if not items:
        return []
    with ThreadPoolExecutor(max_workers=min(limit, len(items))) as pool:
        futures = [pool.submit(work, item) for item in items]
    return [future.result() for future in futures]
