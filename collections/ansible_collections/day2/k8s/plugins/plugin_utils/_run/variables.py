# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds variables that look like this product's and are none of them: a misspelt one would silently do nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from .._model.finding import Finding
from .._model.variables import KNOWN, PREFIXES


def unknown_variables(names: Iterable[str], known: Collection[str] = KNOWN) -> list[Finding]:
    """``names`` are of any variables; those without a prefix of this product are somebody else's."""
    unknown = sorted({name for name in names if name.startswith(PREFIXES)} - set(known))
    return [_unknown(name, known) for name in unknown]


def _unknown(name: str, known: Collection[str]) -> Finding:
    near = get_close_matches(name, known, n=1)
    return Finding(
        code="D2-INPUT-001",
        subject=name,
        message="no such variable" + (f"; did you mean {near[0]}?" if near else ""),
        why="it has no effect, so that something else would be done than what was meant",
        remedy=f"correct the name to {near[0]}, or remove it" if near else "correct or remove it",
    )
