# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client notices: requests through the load balancer at a fixed rate, each timed from its start.

Six series run side by side: the sample web service and a real read of the API (which needs etcd) through the load
balancer, and the same read from inside the cluster, through the Service `kubernetes` as a node sees it; each once with
a new connection per request and once over connections that are reused. A request that hangs never delays the next one:
every sample has a thread of its own, and a reused connection that is busy is not waited for but joined by another.
No request is repeated; what a client library would hide by retrying is counted here.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from lab.errors import LabError
from lab.host import api
from lab.host.netns import InsideConnection

MAX_SECONDS = 7200.0
MAX_RATE = 50.0
TIMEOUT_SECONDS = 10.0
SLOW_SECONDS = 1.0

API_PATH = "/api/v1/namespaces/kube-system"


@dataclass(frozen=True)
class Target:
    """One series: what is asked for, and whether connections are kept."""

    series: str
    path: str
    headers: dict[str, str]
    reuse: bool
    connect: Callable[[], HTTPConnection]


@dataclass(frozen=True)
class Sample:
    """One request. `time` is its start (seconds since the epoch), `status` 0 when there was no whole answer."""

    series: str
    time: float
    seconds: float
    status: int
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the client got what it asked for."""
        return self.status == 200


@dataclass(frozen=True)
class Inside:
    """Where the Service `kubernetes` is asked from: the network of process `pid`, at `address` port 443."""

    pid: int
    address: str


def targets(web_url: str, kubeconfig: Path, inside: Inside | None = None) -> list[Target]:
    """The series of a cluster; without a web service (`web_url` empty) only those of the API."""
    access = api.access(kubeconfig)

    def connect_inside() -> HTTPConnection:
        assert inside
        return InsideConnection(inside.pid, inside.address, 443, timeout=TIMEOUT_SECONDS, context=access.context)

    found = []
    for reuse in (False, True):
        kind = "reused" if reuse else "new"
        if web_url:
            web = urlsplit(web_url)
            found.append(Target(f"web-{kind}", web.path, {}, reuse, _plain(str(web.hostname), web.port or 80)))
        found.append(
            Target(
                f"api-{kind}", API_PATH, access.headers, reuse, lambda: access.connect(timeout_seconds=TIMEOUT_SECONDS)
            )
        )
        if inside:
            found.append(Target(f"service-{kind}", API_PATH, access.headers, reuse, connect_inside))
    return found


def _plain(host: str, port: int) -> Callable[[], HTTPConnection]:
    return lambda: HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


class Prober:
    """Takes samples of one target and writes each down as soon as it ended."""

    def __init__(self, target: Target, write: Callable[[Sample], None]) -> None:
        self._target = target
        self._write = write
        self._idle: list[HTTPConnection] = []
        self._lock = threading.Lock()

    def sample(self) -> None:
        """Make one request on a connection of its own or an idle one, and write down what came of it."""
        started, clock = time.time(), time.monotonic()
        connection = self._take()
        status, error, keep = 0, "", False
        try:
            connection.request("GET", self._target.path, headers=self._target.headers)
            response = connection.getresponse()
            response.read()
            status, keep = response.status, self._target.reuse and not response.will_close
        except TimeoutError:
            error = "timeout"
        except (OSError, HTTPException) as problem:
            error = type(problem).__name__
        finally:
            self._give_back(connection, keep=keep)
        self._write(Sample(self._target.series, round(started, 3), round(time.monotonic() - clock, 4), status, error))

    def _take(self) -> HTTPConnection:
        with self._lock:
            # The one that has rested longest, so that all connections stay in use.
            return self._idle.pop(0) if self._idle else self._target.connect()

    def _give_back(self, connection: HTTPConnection, *, keep: bool) -> None:
        if keep:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()

    def open(self, count: int) -> None:
        """Have this many reused connections from the start, so that they spread over all servers."""
        if self._target.reuse:
            self._idle = [self._target.connect() for _ in range(count)]

    def close(self) -> None:
        """Close what is idle."""
        for connection in self._idle:
            connection.close()


REUSED_CONNECTIONS = 3


def run(series: list[Target], *, seconds: float, rate: float, output: Path) -> None:
    """Sample all series for `seconds`; ends by itself at most one request timeout later, and early on an interrupt."""
    if not 0 < seconds <= MAX_SECONDS:
        raise LabError(f"--seconds {seconds:g} is out of range", remedy=f"use 1 to {MAX_SECONDS:.0f}")
    if not 0 < rate <= MAX_RATE:
        raise LabError(f"--rate {rate:g} is out of range", remedy=f"use up to {MAX_RATE:.0f} samples per second")
    with output.open("w", encoding="utf-8") as handle:
        write = _writer(handle)
        probers = [Prober(target, write) for target in series]
        pending: list[threading.Thread] = []
        begin = time.monotonic()
        try:
            for prober in probers:
                prober.open(REUSED_CONNECTIONS)
            for tick in range(int(seconds * rate)):
                time.sleep(max(0.0, begin + tick / rate - time.monotonic()))
                pending = [thread for thread in pending if thread.is_alive()]
                for prober in probers:
                    thread = threading.Thread(target=prober.sample, daemon=True)
                    thread.start()
                    pending.append(thread)
        except KeyboardInterrupt:
            pass  # stopping early is a normal end: the samples so far count
        finally:
            deadline = time.monotonic() + TIMEOUT_SECONDS + 1
            for thread in pending:
                thread.join(max(0.0, deadline - time.monotonic()))
            for prober in probers:
                prober.close()


def _writer(handle: TextIO) -> Callable[[Sample], None]:
    lock = threading.Lock()

    def write(sample: Sample) -> None:
        with lock:
            handle.write(json.dumps(asdict(sample)) + "\n")
            handle.flush()

    return write


def read(file: Path) -> list[Sample]:
    """The samples of a file, without a last line that a kill cut short."""
    samples = []
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise LabError(f"cannot read {file}: {error.strerror}") from error
    for line in text.splitlines():
        try:
            samples.append(Sample(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return samples


def summarise(file: Path) -> list[dict[str, Any]]:
    """Figures per series; raises `LabError` when there is no sample at all."""
    samples = read(file)
    if not samples:
        raise LabError(f"{file} holds no samples")
    names = sorted({sample.series for sample in samples})
    return [summary(name, [sample for sample in samples if sample.series == name]) for name in names]


def summary(series: str, samples: Iterable[Sample]) -> dict[str, Any]:
    """Figures of one series.

    `longest_gap_seconds` runs from the start of a request that failed to the start of the next one that was answered
    (or the end of the last request): how long a client that keeps asking was without an answer.
    """
    ordered = sorted(samples, key=lambda sample: sample.time)
    longest, since = 0.0, None
    for sample in ordered:
        if not sample.ok and since is None:
            since = sample.time
        elif sample.ok and since is not None:
            longest, since = max(longest, sample.time - since), None
    if since is not None:
        longest = max(longest, max(sample.time + sample.seconds for sample in ordered) - since)
    failed = [sample for sample in ordered if not sample.ok]
    reasons: dict[str, int] = {}
    for sample in failed:
        reason = sample.error or f"status {sample.status}"
        reasons[reason] = reasons.get(reason, 0) + 1
    return {
        "series": series,
        "requests": len(ordered),
        "failures": len(failed),
        "slower_than_1s": sum(sample.seconds > SLOW_SECONDS for sample in ordered),
        "slowest_seconds": round(max(sample.seconds for sample in ordered), 2),
        "longest_gap_seconds": round(longest, 2),
        "reasons": reasons,
    }


def report_rows(summaries: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The figures as texts for a table."""
    return [
        {
            **{key: str(value) for key, value in figures.items() if key != "reasons"},
            "reasons": ", ".join(f"{count} x {reason}" for reason, count in sorted(figures["reasons"].items())),
        }
        for figures in summaries
    ]
