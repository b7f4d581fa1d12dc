# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError, client_context, request, status_of


class Handler(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, bytes]]] = {
        "/ok": (200, b'{"a": 1}'),
        "/denied": (403, b'{"code": 7, "message": "permission denied"}'),
        "/list": (200, b"[]"),
        "/html": (502, b"<html>"),
    }
    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.do_GET()

    def do_GET(self) -> None:
        status, body = self.answers[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Tests print nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def test_an_object_is_returned(server: str) -> None:
    assert request("GET", f"{server}/ok", context=None, timeout_seconds=5) == {"a": 1}


def test_a_body_is_sent_as_json(server: str) -> None:
    request("POST", f"{server}/ok", context=None, timeout_seconds=5, body={"key": "eA=="})

    assert Handler.bodies[-1] == b'{"key": "eA=="}'


def test_a_refusal_keeps_what_the_server_said(server: str) -> None:
    with pytest.raises(HttpError, match="answered 403: permission denied") as caught:
        request("GET", f"{server}/denied", context=None, timeout_seconds=5)

    assert (caught.value.status, caught.value.body["code"]) == (403, 7)


@pytest.mark.parametrize("path", ["/list", "/html"])
def test_anything_but_an_object_is_no_answer(server: str, path: str) -> None:
    with pytest.raises(HttpError, match="without a JSON object"):
        request("GET", f"{server}{path}", context=None, timeout_seconds=5)


def test_a_status_is_told_whatever_it_is(server: str) -> None:
    assert status_of(f"{server}/html", timeout_seconds=5) == 502


def test_a_server_that_is_not_there_has_status_0() -> None:
    with pytest.raises(HttpError, match="could not be asked") as caught:
        request("GET", "https://127.0.0.1:1/", context=None, timeout_seconds=1)

    assert caught.value.status == 0


def test_missing_certificates_are_told(tmp_path: Path) -> None:
    with pytest.raises(HttpError, match=r"cannot use .*x\.crt with .*ca\.crt"):
        client_context(ca=str(tmp_path / "ca.crt"), certificate=str(tmp_path / "x.crt"), key=str(tmp_path / "x.key"))
