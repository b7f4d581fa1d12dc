# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said over the coordinator's unix socket: one JSON object per line, one answer per connection.

A request is ``{"op": <one of Op>, ...arguments}``; an answer is ``{"ok": true, ...}`` or
``{"ok": false, "findings": [...], "state": ...}``.
Requests never wait longer than the ``wait_seconds`` they name, so that a client that died is noticed by its silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

MAX_LINE_BYTES = 1 << 20


class Op(str, Enum):
    """The requests that a coordinator answers."""

    STATUS = "status"
    ADMIT = "admit"
    STEP_STARTED = "step_started"
    STEP_ENDED = "step_ended"
    RELEASE = "release"
    CLOSE = "close"


class Answer(str, Enum):
    """The arbiter's answer to a node that asks to be taken in hand; ``wait`` means: ask again."""

    ADMITTED = "admitted"
    WAIT = "wait"
    DEFERRED = "deferred"
    REFUSED = "refused"


class NodeState(str, Enum):
    """How a node step ended."""

    DONE = "done"
    FAILED = "failed"


def encode(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Raises ValueError for anything but one whole JSON object on one line."""
    if not line.endswith(b"\n"):
        raise ValueError("the line is not complete" if line else "the connection ended without a message")
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("the message is not a JSON object")
    return message
