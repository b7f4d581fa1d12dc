# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what long work is doing: what it is, how long it has taken and how long it is expected to take.

Several steps may run at once in different threads. On a terminal the running steps share one line that is
redrawn; elsewhere (a log, a CI job) each event is a line of its own and long work repeats itself now and then, so
that nobody takes it for dead. Everything goes to standard error: standard output belongs to results.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TextIO

HEARTBEAT_SECONDS = 30.0
REDRAW_SECONDS = 1.0


@dataclass
class _Running:
    """A step under way; times are readings of the board's clock, in seconds."""

    what: str
    started: float
    spoken: float
    expected: float | None


class Board:
    """Prints the steps of one process.

    :param stream: where to print
    :param clock: a monotonic clock, in seconds
    :param interactive: redraw one line rather than print many; by default, if ``stream`` is a terminal
    """

    def __init__(
        self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic, interactive: bool | None = None
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._interactive = stream.isatty() if interactive is None else interactive
        self._running: list[_Running] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ticker: threading.Thread | None = None

    @contextmanager
    def step(self, what: str, expected_seconds: float | None = None) -> Iterator[None]:
        """Announce ``what``, keep saying that it runs, and say in the end how long it took and whether it failed."""
        now = self._clock()
        entry = _Running(what, started=now, spoken=now, expected=expected_seconds)
        with self._lock:
            self._running.append(entry)
            if self._interactive:
                self._redraw()
            else:
                self._print(f"... {what}{_about(expected_seconds)}")
            self._start_ticker()
        outcome = "failed"
        try:
            yield
            outcome = "ok"
        finally:
            with self._lock:
                self._running.remove(entry)
                self._print(f"{outcome:6} {what}: {_duration(self._clock() - entry.started)}{_about(expected_seconds)}")
                self._redraw()

    def say(self, text: str) -> None:
        """Print one line of text between the steps."""
        with self._lock:
            self._print(text)
            self._redraw()

    def tick(self) -> None:
        """Redraw the line of a terminal, or repeat the steps that have been silent for a heartbeat."""
        with self._lock:
            if self._interactive:
                self._redraw()
                return
            now = self._clock()
            for entry in self._running:
                if now - entry.spoken >= HEARTBEAT_SECONDS:
                    entry.spoken = now
                    self._print(f"... {_state(entry, now)}")

    def _start_ticker(self) -> None:
        """Run the ticker for as long as there are steps; called with the lock held."""
        if self._ticker is None:
            self._ticker = threading.Thread(target=self._tick_until_idle, name="progress", daemon=True)
            self._ticker.start()

    def _tick_until_idle(self) -> None:
        while True:
            self._wake.wait(REDRAW_SECONDS)
            with self._lock:
                if not self._running:
                    self._ticker = None
                    return
            self.tick()

    def _print(self, line: str) -> None:
        erase = "\r\x1b[K" if self._interactive else ""
        self._stream.write(f"{erase}{line}\n")
        self._stream.flush()

    def _redraw(self) -> None:
        if self._interactive:
            now = self._clock()
            self._stream.write("\r\x1b[K" + " | ".join(_state(entry, now) for entry in self._running))
            self._stream.flush()


def _state(entry: _Running, now: float) -> str:
    return f"{entry.what}: {_duration(now - entry.started)}{_about(entry.expected)}"


def _about(expected_seconds: float | None) -> str:
    return "" if expected_seconds is None else f" (expected about {_duration(expected_seconds)})"


def _duration(seconds: float) -> str:
    """Write a duration for people, as 7 s, 1 min 05 s or 0.4 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


@cache
def _board() -> Board:
    """Return the board of this process, made when it is first wanted."""
    return Board(sys.stderr)


@contextmanager
def step(what: str, expected_seconds: float | None = None) -> Iterator[None]:
    """Run a step on this process's board; see :meth:`Board.step`."""
    with _board().step(what, expected_seconds):
        yield


def say(text: str) -> None:
    """Print one line on this process's board."""
    _board().say(text)
