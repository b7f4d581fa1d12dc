# SPDX-License-Identifier: GPL-3.0-or-later
"""The wall clock, for what people and later runs read. Deadlines never use it; they use a monotonic clock."""

from __future__ import annotations

from datetime import datetime, timezone


def now_iso(*, timespec: str = "seconds") -> str:
    """Now in ISO 8601, UTC, such as ``2026-03-01T12:00:00Z``; ``timespec`` as ``datetime.isoformat`` takes it."""
    return datetime.now(timezone.utc).isoformat(timespec=timespec).replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """The inverse, aware of its zone; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment
