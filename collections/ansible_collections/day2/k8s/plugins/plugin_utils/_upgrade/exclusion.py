# SPDX-License-Identifier: GPL-3.0-or-later
"""Label selectors as people write them (``pool=gpu,tier!=web``), which name the Nodes that no run touches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Operator = Literal["in", "notin", "exists", "absent"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_KEY = rf"(?:{_NAME}/)?{_NAME}"
_VALUE = rf"(?:{_NAME})?"
_EQUALITY = re.compile(rf"({_KEY})\s*(==?|!=)\s*({_VALUE})")
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)")
_EXISTENCE = re.compile(rf"(!?)\s*({_KEY})")
# Commas between requirements, not those within the parentheses of a set.
_SEPARATOR = re.compile(r",(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term. As in Kubernetes, ``notin`` is met by an object without the label."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def met_by(self, labels: Mapping[str, str]) -> bool:
        if self.operator == "exists":
            return self.key in labels
        if self.operator == "absent":
            return self.key not in labels
        if self.operator == "in":
            return labels.get(self.key) in self.values
        return labels.get(self.key) not in self.values


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """All ``requirements`` have to be met. Without any it selects nothing: no exclusion is not every exclusion."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def parse(cls, text: str) -> NodeSelector:
        """Raises ValueError naming the term that is not one of a label selector."""
        if not text.strip():
            return cls()
        return cls(tuple(_requirement(term.strip()) for term in _SEPARATOR.split(text)))

    def selects(self, labels: Mapping[str, str]) -> bool:
        return bool(self.requirements) and all(requirement.met_by(labels) for requirement in self.requirements)


def _requirement(term: str) -> Requirement:
    if match := _EQUALITY.fullmatch(term):
        key, operator, value = match.groups()
        return Requirement(key, "notin" if operator == "!=" else "in", frozenset({value}))
    if match := _SET.fullmatch(term):
        key, operator, listed = match.groups()
        values = frozenset(value.strip() for value in listed.split(","))
        if all(re.fullmatch(_VALUE, value) for value in values):
            return Requirement(key, "notin" if operator == "notin" else "in", values)
    if match := _EXISTENCE.fullmatch(term):
        return Requirement(match[2], "absent" if match[1] else "exists")
    raise ValueError(f"{term!r} is not a term of a label selector such as key=value, key!=value, key in (a, b), key or !key")
