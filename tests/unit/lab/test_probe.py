# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lab import probe
from lab.errors import LabError
from lab.probe import Prober, Sample, Target


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """An HTTP server that keeps connections and answers 200, on /gone 503."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(503 if self.path == "/gone" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield "127.0.0.1", running.server_port
        running.shutdown()


def _target(address: tuple[str, int], *, path: str = "/", reuse: bool = False) -> tuple[Target, list[HTTPConnection]]:
    made: list[HTTPConnection] = []

    def connect() -> HTTPConnection:
        made.append(HTTPConnection(*address, timeout=5))
        return made[-1]

    return Target("web", path, {}, reuse, connect), made


@pytest.mark.parametrize(("reuse", "connections"), [(False, 3), (True, 1)])
def test_connections_are_kept_only_where_they_are_to_be_reused(
    server: tuple[str, int], reuse: bool, connections: int
) -> None:
    target, made = _target(server, reuse=reuse)
    samples: list[Sample] = []
    prober = Prober(target, samples.append)
    for _ in range(3):
        prober.sample()
    prober.close()
    assert [sample.status for sample in samples] == [200, 200, 200]
    assert len(made) == connections


def test_an_error_of_the_server_is_a_failure_with_its_status(server: tuple[str, int]) -> None:
    target, _ = _target(server, path="/gone")
    samples: list[Sample] = []
    Prober(target, samples.append).sample()
    assert (samples[0].ok, samples[0].status) == (False, 503)


def test_a_refused_connection_is_a_failure_and_not_the_end() -> None:
    target, _ = _target(("127.0.0.1", 1))
    samples: list[Sample] = []
    Prober(target, samples.append).sample()
    assert (samples[0].status, samples[0].error) == (0, "ConnectionRefusedError")


def _samples(*seen: tuple[float, int, float]) -> list[Sample]:
    return [Sample("api-new", time, seconds, status) for time, status, seconds in seen]


def test_a_gap_runs_from_the_first_failed_start_to_the_next_answered_start() -> None:
    figures = probe.summary("api-new", _samples((0, 200, 0.1), (1, 0, 10), (2, 503, 0.1), (3.5, 200, 0.1)))
    assert figures["longest_gap_seconds"] == 2.5
    assert (figures["requests"], figures["failures"], figures["slower_than_1s"]) == (4, 2, 1)
    assert figures["slowest_seconds"] == 10


def test_samples_count_by_their_start_whenever_they_were_written() -> None:
    figures = probe.summary("api-new", _samples((2, 200, 0.1), (3, 200, 0.1), (1, 0, 10)))
    assert figures["longest_gap_seconds"] == 1


def test_a_gap_that_never_closes_lasts_to_the_end_of_the_last_request() -> None:
    assert probe.summary("api-new", _samples((0, 200, 0.1), (1, 0, 10)))["longest_gap_seconds"] == 10


def test_without_failures_there_is_no_gap() -> None:
    assert probe.summary("api-new", _samples((0, 200, 0.1), (60, 200, 2)))["longest_gap_seconds"] == 0


def test_reasons_of_failures_are_counted() -> None:
    samples = [*_samples((0, 503, 0.1), (1, 503, 0.1)), Sample("api-new", 2, 10, 0, "timeout")]
    assert probe.summary("api-new", samples)["reasons"] == {"status 503": 2, "timeout": 1}


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "probe.jsonl"
    file.write_text('{"series": "web-new", "time": 1, "seconds": 0.1, "status": 200, "error": ""}\n{"series": "we')
    assert len(probe.read(file)) == 1


def test_a_file_without_samples_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text("")
    with pytest.raises(LabError, match="holds no samples"):
        probe.summarise(file)


def test_a_run_ends_by_itself_with_a_sample_per_tick(server: tuple[str, int], tmp_path: Path) -> None:
    target, _ = _target(server)
    probe.run([target], seconds=0.1, rate=50, output=tmp_path / "out.jsonl")
    assert len(probe.read(tmp_path / "out.jsonl")) == 5


@pytest.mark.parametrize(("seconds", "rate"), [(0, 5), (7201, 5), (10, 0), (10, 51)])
def test_a_run_without_bounds_is_refused(seconds: float, rate: float, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="out of range"):
        probe.run([], seconds=seconds, rate=rate, output=tmp_path / "out.jsonl")
