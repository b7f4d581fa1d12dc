# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes versions as the lab names them: exact, X.Y.Z."""

from __future__ import annotations

import re
from typing import NamedTuple

_EXACT = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Version(NamedTuple):
    """An exact version; compares by number."""

    major: int
    minor: int
    patch: int


def parse(text: str) -> Version:
    """Read X.Y.Z.

    :raises ValueError: it is anything else
    """
    if not (match := _EXACT.fullmatch(text)):
        raise ValueError(f"{text!r} is not an exact version such as 1.36.3")
    return Version(*(int(part) for part in match.groups()))


def minor(text: str) -> str:
    """Return the name of the minor that X.Y.Z belongs to: ``v1.36`` for 1.36.3."""
    version = parse(text)
    return f"v{version.major}.{version.minor}"
