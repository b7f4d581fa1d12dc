# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: JSON over HTTP(S) with a certificate of the node, by the standard library alone."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit


class HttpError(Exception):
    """No usable answer; ``status`` is 0 when there was none at all."""

    def __init__(self, message: str, *, status: int = 0, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = dict(body or {})


def client_context(*, ca: str, certificate: str, key: str) -> ssl.SSLContext:
    """Verify servers against ``ca`` and show ``certificate``; raises HttpError when a file is missing or unusable."""
    try:
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise HttpError(f"cannot use {certificate} with {ca}: {error}") from error
    return context


def request(
    method: str,
    url: str,
    *,
    context: ssl.SSLContext | None,
    timeout_seconds: float,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON object that ``url`` answers; raises HttpError for anything but a 2xx with one."""
    status, text = _exchange(method, url, context, timeout_seconds, body)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise HttpError(f"{url} answered {status} without a JSON object", status=status)
    if not 200 <= status < 300:
        raise HttpError(f"{url} answered {status}: {answer.get('message', '')}", status=status, body=answer)
    return answer


def status_of(url: str, *, timeout_seconds: float, context: ssl.SSLContext | None = None) -> int:
    """The status with which ``url`` answers a GET; raises HttpError when it does not answer."""
    return _exchange("GET", url, context, timeout_seconds, None)[0]


def server_certificate(host: str, port: int, *, timeout_seconds: float) -> bytes:
    """The certificate (DER) that a server shows, whoever it claims to be; raises HttpError when there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), timeout_seconds) as plain, context.wrap_socket(plain) as secured:
            return secured.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise HttpError(f"{host}:{port} could not be asked for its certificate: {error}") from error


def _exchange(
    method: str, url: str, context: ssl.SSLContext | None, timeout_seconds: float, body: Mapping[str, Any] | None
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        HTTPSConnection(host, port, timeout=timeout_seconds, context=context)
        if parts.scheme == "https"
        else HTTPConnection(host, port, timeout=timeout_seconds)
    )
    try:
        connection.request(
            method,
            parts.path or "/",
            body=None if body is None else json.dumps(body),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException) as error:
        raise HttpError(f"{url} could not be asked: {error}") from error
    finally:
        connection.close()
