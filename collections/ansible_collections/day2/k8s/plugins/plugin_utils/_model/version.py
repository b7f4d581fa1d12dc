# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes versions as a type, so that nothing compares them as strings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_PATTERN = re.compile(
    r"^v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class KubernetesVersion:
    """An exact Kubernetes version; ordered as semantic versioning orders it, build metadata ignored."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""

    @classmethod
    def parse(cls, text: str) -> KubernetesVersion:
        """Read ``1.36.3`` or ``v1.36.3``; raises ValueError with the offending text for anything else."""
        match = _PATTERN.match(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not an exact Kubernetes version such as 1.36.3")
        return cls(int(match["major"]), int(match["minor"]), int(match["patch"]), match["pre"] or "")

    def minors_ahead_of(self, other: KubernetesVersion) -> int:
        """How many minor versions this one is ahead (negative: behind); raises ValueError across majors."""
        if self.major != other.major:
            raise ValueError(f"{self} and {other} differ in the major version")
        return self.minor - other.minor

    def __lt__(self, other: KubernetesVersion) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]:
        # A release sorts after its own pre-releases; numeric identifiers sort before words (semver 2.0 rule 11).
        identifiers = tuple(
            (not part.isdigit(), int(part) if part.isdigit() else 0, "" if part.isdigit() else part)
            for part in self.prerelease.split(".")
            if part
        )
        return self.major, self.minor, self.patch, not self.prerelease, identifiers

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{self.prerelease}" if self.prerelease else "")
