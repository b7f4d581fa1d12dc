# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are made from inside a node: by this process, in the network namespace of another one."""

from __future__ import annotations

import ctypes
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_OWN = Path("/proc/thread-self/ns/net")


class InsideConnection(HTTPSConnection):
    """Opened by its first request, from the network namespace of process `pid`; it stays there afterwards."""

    def __init__(self, pid: int, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._namespace = Path(f"/proc/{pid}/ns/net")

    def connect(self) -> None:
        with entered(self._namespace):
            super().connect()


@contextmanager
def entered(namespace: Path) -> Iterator[None]:
    """The calling thread, and no other, is in `namespace` meanwhile. Needs root."""
    own = os.open(_OWN, os.O_RDONLY)
    try:
        other = os.open(namespace, os.O_RDONLY)
        try:
            _setns(other)
        finally:
            os.close(other)
        try:
            yield
        finally:
            _setns(own)
    finally:
        os.close(own)


def _setns(descriptor: int) -> None:
    # os.setns is there from Python 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
