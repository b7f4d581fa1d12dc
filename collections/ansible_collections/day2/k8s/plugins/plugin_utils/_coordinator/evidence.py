# SPDX-License-Identifier: GPL-3.0-or-later
"""Append-only files of a run's artefact directory: one JSON object per line, written through at once.

The controller may vanish at any moment; what was written until then stays readable.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EVENTS = "events.jsonl"
SAMPLES = "samples.jsonl"


class JsonLines:
    """A file that any thread may append to."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._stream = path.open("a", encoding="utf-8", buffering=1)

    def append(self, record: dict[str, Any]) -> None:
        """Does nothing once closed: a late sample is no reason for a traceback."""
        line = json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n"
        with self._lock:
            if not self._stream.closed:
                self._stream.write(line)

    def close(self) -> None:
        with self._lock:
            self._stream.close()


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of such a file; a last line that was cut off by a kill is left out, a missing file has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
