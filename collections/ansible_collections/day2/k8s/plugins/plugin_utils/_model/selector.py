# SPDX-License-Identifier: GPL-3.0-or-later
"""Label selectors, in the API's form and in kubectl's notation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_SET = re.compile(rf"^({_NAME})\s+(in|notin)\s+\(([^()]*)\)$")
_EQUALITY = re.compile(rf"^({_NAME})\s*(==|=|!=)\s*((?:{_NAME})?)$")
_EXISTENCE = re.compile(rf"^(!?)\s*({_NAME})$")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition; ``operator`` is one of In, NotIn, Exists, DoesNotExist."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        if self.operator == "In":
            return labels.get(self.key) in self.values
        if self.operator == "NotIn":  # also holds where the label is missing
            return labels.get(self.key) not in self.values
        return (self.key in labels) is (self.operator == "Exists")


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements must hold, so that one without any matches everything; ``nothing`` matches no object at all."""

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    def matches(self, labels: Mapping[str, str]) -> bool:
        return not self.nothing and all(requirement.matches(labels) for requirement in self.requirements)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any] | None) -> Selector:
        """A ``metav1.LabelSelector``; missing or with an operator that does not exist, it matches nothing."""
        if raw is None:
            return cls(nothing=True)
        expressions = raw.get("matchExpressions") or ()
        if any(expression["operator"] not in _OPERATORS for expression in expressions):
            return cls(nothing=True)
        return cls(
            (
                *(Requirement(key, "In", frozenset([value])) for key, value in (raw.get("matchLabels") or {}).items()),
                *(Requirement(e["key"], e["operator"], frozenset(e.get("values") or ())) for e in expressions),
            )
        )

    @classmethod
    def parse(cls, text: str) -> Selector:
        """kubectl's notation: ``pool=db,tier!=test,zone in (a,b),!spot``. Raises ValueError naming the wrong part."""
        return cls(tuple(_requirement(part) for part in _parts(text)))


def _parts(text: str) -> list[str]:
    """Splits at the commas that are not inside parentheses."""
    parts = [part.strip() for part in re.split(r",(?![^(]*\))", text)]
    return [] if parts == [""] else parts


def _requirement(part: str) -> Requirement:
    if match := _SET.match(part):
        key, word, values = match.groups()
        return Requirement(key, "In" if word == "in" else "NotIn", frozenset(v.strip() for v in values.split(",")))
    if match := _EQUALITY.match(part):
        key, sign, value = match.groups()
        return Requirement(key, "NotIn" if sign == "!=" else "In", frozenset([value]))
    if match := _EXISTENCE.match(part):
        negation, key = match.groups()
        return Requirement(key, "DoesNotExist" if negation else "Exists")
    raise ValueError(f"{part!r} is not a label requirement such as pool=db, tier!=test, zone in (a,b) or !spot")
