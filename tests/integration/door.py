# SPDX-License-Identifier: GPL-3.0-or-later
"""A load balancer that can be shut: the API goes away for one client while everybody else keeps it."""

from __future__ import annotations

import contextlib
import socket
import threading


class Door:
    """Forwards TCP connections to ``target`` (host, port) until it is shut; open connections are cut then."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = True
        self._connections: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        self._open = False
        for connection in list(self._connections):
            _cut(connection)

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        """Ends for good."""
        self.shut()
        _cut(self._listener)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                if not self._open:
                    _cut(client)
                    continue
                server = socket.create_connection(self._target)
                for source, sink in ((client, server), (server, client)):
                    self._connections.add(source)
                    threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        _cut(source)
        _cut(sink)
        self._connections.discard(source)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
