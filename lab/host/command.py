# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the lab starts other programs and waits for them, alone or many at a time."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from lab.errors import CommandError, LabError

Item = TypeVar("Item")
Result = TypeVar("Result")

_worker = threading.local()


def run(argv: Sequence[str], *, stdin: str | bytes | None = None, timeout_seconds: float = 120) -> str:
    """Run a program in the C locale and return its standard output; raise `CommandError` when it fails."""
    interrupted = getattr(_worker, "interrupted", None)
    if interrupted is not None and interrupted.is_set():
        raise LabError(f"interrupted before {argv[0]} was started")
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


@contextmanager
def workers(limit: int = 16) -> Iterator[ThreadPoolExecutor]:
    """Threads for work side by side; all of it has ended when the block is left, also by an error.

    Not so on an interrupt: what runs is not waited for, but nothing of it starts another program. So cleaning up can
    begin at once, and nothing appears behind its back.
    """
    interrupted = threading.Event()

    def begin() -> None:
        _worker.interrupted = interrupted

    pool = ThreadPoolExecutor(max_workers=limit, initializer=begin)
    try:
        yield pool
        pool.shutdown()
    except KeyboardInterrupt:
        interrupted.set()
        raise
    finally:
        pool.shutdown(wait=not interrupted.is_set(), cancel_futures=True)


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item], *, limit: int = 16) -> list[Result]:
    """Do `work` for all items at the same time; results in the order of the items, or the first error."""
    with workers(limit) as pool:
        futures = [pool.submit(work, item) for item in items]
    return [future.result() for future in futures]
