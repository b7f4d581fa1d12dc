# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces that texts for people are made of: columns, times, and lines that are not too long to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 118
_HANGING = " " * 7
_MINUTE, _HOUR = 60, 3600


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of equal length as lines, each column as wide as its widest cell."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def without_empty(rows: Sequence[Sequence[str]], *, empty: str = "-") -> list[tuple[str, ...]]:
    """Without the columns that, below their heading, hold nothing."""
    kept = [n for n in range(len(rows[0])) if any(row[n] != empty for row in rows[1:])]
    return [tuple(row[n] for n in kept) for row in rows]


def wrapped(text: str) -> str:
    """Long lines are continued below, out of the column in which words stand that one looks for."""
    lines = []
    for line in text.split("\n"):
        lines += textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent=_HANGING,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        ) or [""]
    return "\n".join(lines)


def span(interval: Mapping[str, float]) -> str:
    """``50-80 s``, ``3-7 min``, ``1.5-3 h``; ``interval`` as of ``Interval.to_dict``."""
    low, high = interval["low"], interval["high"]
    if high < 2 * _MINUTE:
        return _between(f"{low:.0f}", f"{high:.0f}", "s")
    if high < 2 * _HOUR:
        return _between(f"{low / _MINUTE:.0f}", f"{high / _MINUTE:.0f}", "min")
    return _between(f"{low / _HOUR:.1f}", f"{high / _HOUR:.1f}", "h")


def _between(low: str, high: str, unit: str) -> str:
    return f"{high} {unit}" if low == high else f"{low}-{high} {unit}"
