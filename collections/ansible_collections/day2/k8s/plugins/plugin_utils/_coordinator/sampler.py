# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples the API once a second as a client meets it: a real read, on a new and on a reused connection.

A slow request never delays the next sample: each runs in a thread of its own, of which there are only so many. A
sample that finds none free is a failure too, since so many requests before it are still unanswered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .._model.api_error import ApiError
from .._report.availability import Sample
from .._run.clock import now_iso

INTERVAL_SECONDS = 1.0
TIMEOUT_SECONDS = 10.0
PATH = "/api/v1/namespaces/kube-system"
# One a second, each at most TIMEOUT_SECONDS for connecting and as long again for its answer.
_IN_FLIGHT = int(2 * TIMEOUT_SECONDS / INTERVAL_SECONDS)


class Series:
    """One way of asking; ``read`` sends one request and raises when it fails.

    ``again``, for reads over a reused connection, sends the same on a new one: once, where the reused one closed before
    the first byte, as Go's net/http and so every client of client-go does without telling anybody.
    """

    def __init__(self, name: str, read: Callable[[], object], *, again: Callable[[], object] | None = None) -> None:
        self.name = name
        self._read = read
        self._again = again
        self._free = threading.BoundedSemaphore(_IN_FLIGHT)

    def take(self) -> Sample:
        """One sample, now, in the calling thread."""
        at = now_iso(timespec="milliseconds")
        if not self._free.acquire(blocking=False):
            return Sample(at, self.name, 0.0, ok=False, error=f"{_IN_FLIGHT} requests before it are still unanswered")
        began = time.monotonic()
        reconnected, failed = False, ""
        try:
            try:
                self._read()
            except ApiError as error:
                if self._again is None or not error.dropped:
                    raise
                reconnected = True
                self._again()
        except Exception as error:  # whatever a client meets is a failed request
            failed = _short(error)
        finally:
            self._free.release()
        seconds = round(time.monotonic() - began, 3)
        return Sample(at, self.name, seconds, ok=not failed, error=failed, reconnected=reconnected)


class Sampler:
    """Takes a sample of each series every second and hands it to ``sink``."""

    def __init__(self, series: tuple[Series, ...], sink: Callable[[Sample], None]) -> None:
        self._series = series
        self._sink = sink
        self._stopping = threading.Event()
        self._threads = ThreadPoolExecutor(max_workers=(_IN_FLIGHT + 1) * len(series), thread_name_prefix="sample")
        self._ticker = threading.Thread(target=self._tick, name="sampler", daemon=True)

    def start(self) -> None:
        """Returns when the first sample of each series is in."""
        for future in [self._threads.submit(self._sample, series) for series in self._series]:
            future.result()
        self._ticker.start()

    def stop(self) -> None:
        """Requests under way are still counted."""
        self._stopping.set()
        if self._ticker.is_alive():
            self._ticker.join()
        self._threads.shutdown(wait=True)

    def _tick(self) -> None:
        due = time.monotonic() + INTERVAL_SECONDS
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            for series in self._series:
                self._threads.submit(self._sample, series)
            # A machine that stood still takes no burst of late samples afterwards.
            due = max(due + INTERVAL_SECONDS, time.monotonic())

    def _sample(self, series: Series) -> None:
        self._sink(series.take())


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
