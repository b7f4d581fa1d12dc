# SPDX-License-Identifier: GPL-3.0-or-later
"""The coordinator's unix socket: a thread per connection, one request and one answer each."""

from __future__ import annotations

import logging
import socketserver
from collections.abc import Callable, Mapping
from typing import Any

from .._model.errors import Day2Error
from .protocol import MAX_LINE_BYTES, decode, encode

LOG = logging.getLogger(__name__)
_REQUEST_TIMEOUT_SECONDS = 10.0

Dispatch = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class _Handler(socketserver.StreamRequestHandler):
    timeout = _REQUEST_TIMEOUT_SECONDS
    server: Server

    def handle(self) -> None:
        try:
            request = decode(self.rfile.readline(MAX_LINE_BYTES))
        except (OSError, ValueError) as error:
            LOG.warning("a request was not understood: %s", error)
            return
        try:
            answer = {"ok": True, **self.server.dispatch(request)}
        except Day2Error as error:
            answer = {"ok": False, "findings": [f.to_dict() for f in error.findings], "state": error.state}
        try:
            self.wfile.write(encode(answer))
        except OSError as error:
            LOG.warning("the answer to %s was not taken: %s", request.get("op"), error)


class Server(socketserver.ThreadingUnixStreamServer):
    """``dispatch`` answers requests; it may block, and raises Day2Error for a refusal.

    An error of ours ends the connection without an answer, which clients take for a silent coordinator.
    """

    # Closing waits for the answers that are under way, above all the one to whoever asked to close.
    daemon_threads = False
    # Every waiting host keeps a connection; more of them than forks cannot come.
    request_queue_size = 128

    def __init__(self, socket_path: str, dispatch: Dispatch) -> None:
        super().__init__(socket_path, _Handler)
        self.dispatch = dispatch

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        LOG.exception("a request could not be answered")
