# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: points in time as results name them."""

from __future__ import annotations

from datetime import datetime, timezone


def iso_time(epoch_seconds: float) -> str:
    """ISO 8601, UTC, whole seconds: ``2026-09-01T10:00:00Z``."""
    return datetime.fromtimestamp(epoch_seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
