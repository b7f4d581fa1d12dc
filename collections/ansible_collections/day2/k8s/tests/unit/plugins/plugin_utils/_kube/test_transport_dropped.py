# SPDX-License-Identifier: GPL-3.0-or-later
"""What a closed connection looks like to the transport, against a server that closes them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import ApiError, Transport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
HALF_AN_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{"


class Server:
    """Answers the requests of each connection in turn with ``connections``; closes the connection after the last."""

    def __init__(self, *connections: tuple[bytes, ...]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections = connections
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        host, port = self._listening.getsockname()
        # With a credential, so that no kubeconfig of this machine is looked for.
        self.transport = Transport(ConnectionOptions(host=f"http://{host}:{port}", api_key="none"))

    def _serve(self) -> None:
        for answers in self._connections:
            accepted, _address = self._listening.accept()
            with accepted:
                for answer in answers:
                    accepted.recv(65536)
                    accepted.sendall(answer)

    def close(self) -> None:
        self._thread.join(timeout=10)
        self._listening.close()


@pytest.fixture
def dropped(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the last of as many requests as there are answers was dropped."""
    connections = request.param
    with closing(Server(*connections)) as server:
        for _answer in range(sum(map(len, connections)) - 1):
            server.transport.request("GET", "/api")
        with pytest.raises(ApiError) as raised:
            server.transport.request("GET", "/api", timeout=10.0)
        yield raised.value.dropped


@pytest.mark.parametrize("dropped", [((ANSWER, b""),)], indirect=True)
def test_a_reused_connection_that_closes_before_the_first_byte_was_dropped(dropped: bool) -> None:
    assert dropped


@pytest.mark.parametrize("dropped", [((b"",),)], indirect=True)
def test_a_fresh_connection_that_closes_before_the_first_byte_is_a_failure(dropped: bool) -> None:
    assert not dropped


@pytest.mark.parametrize("dropped", [((ANSWER, HALF_AN_ANSWER),)], indirect=True)
def test_a_reused_connection_that_closes_amid_an_answer_is_a_failure(dropped: bool) -> None:
    assert not dropped
