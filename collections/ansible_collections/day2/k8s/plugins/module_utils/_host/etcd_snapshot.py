# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: a snapshot of etcd's whole keyspace, as a stream from one member, verified on arrival.

etcd ends the stream with the SHA-256 of all that came before, which is how a snapshot that was cut short, or damaged
on its way, is told from a good one. It is the same file that ``etcdctl snapshot save`` writes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .https import HttpError

_DIGEST_BYTES = 32
# bbolt's pages: what is left over is the digest.
_SECTOR_BYTES = 512
# The member reads all of its database before the last byte comes.
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Snapshot:
    """``sha256`` is of the database without its trailing digest, ``storage_version`` of its format."""

    size_bytes: int
    sha256: str
    storage_version: str


def save(endpoint: str, context: ssl.SSLContext, target: Path) -> Snapshot:
    """Stream a snapshot of the member at ``endpoint`` into ``target``; raises HttpError unless it is whole."""
    parts = urlsplit(endpoint)
    connection = HTTPSConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, context=context)
    try:
        connection.request("POST", "/v3/maintenance/snapshot", body="{}", headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise HttpError(f"{endpoint} answered {response.status} to a snapshot", status=response.status)
        return receive(response, target, endpoint)
    except (OSError, HTTPException) as error:
        raise HttpError(f"{endpoint} could not be asked for a snapshot: {error}") from error
    finally:
        connection.close()


def receive(lines: Iterable[bytes], target: Path, endpoint: str) -> Snapshot:
    """Write the blobs of the gateway's answer, one JSON object a line, to ``target``; raises HttpError."""
    digest = hashlib.sha256()
    held = b""
    size = 0
    version = ""
    with target.open("wb") as file:
        for line in lines:
            result = _result(line, endpoint)
            version = version or str(result.get("version", ""))
            blob = base64.b64decode(result.get("blob", ""))
            file.write(blob)
            size += len(blob)
            # The last bytes may be the digest itself: they are held back until more come.
            held += blob
            digest.update(held[:-_DIGEST_BYTES])
            held = held[-_DIGEST_BYTES:]
    if size % _SECTOR_BYTES != _DIGEST_BYTES:
        raise HttpError(f"the snapshot of {endpoint} is not whole: {size} bytes, without the digest at its end")
    if digest.digest() != held:
        raise HttpError(f"the snapshot of {endpoint} is damaged: its digest is {held.hex()}, not {digest.hexdigest()}")
    return Snapshot(size, digest.hexdigest(), version)


def _result(line: bytes, endpoint: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise HttpError(f"the snapshot of {endpoint} broke off: {line[:80]!r}") from error
    if "error" in message:
        raise HttpError(f"{endpoint} broke the snapshot off: {message['error']}")
    result: dict[str, Any] = message.get("result") or {}
    return result
