# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a sentence, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 5


def shortened(names: Sequence[str], *, most: int = NAMED) -> str:
    """``w1, w2, w3, w4, w5 and 12 more``, in the order given."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def count(number: int, noun: str) -> str:
    """``1 node``, ``2 nodes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
