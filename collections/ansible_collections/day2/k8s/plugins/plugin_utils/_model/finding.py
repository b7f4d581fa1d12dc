# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings and verdicts: what a gate, the planner or a drain says about one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from .codes import CODES


class Severity(str, Enum):
    """How much a finding weighs: ``blocking`` stops, ``warning`` and ``info`` are shown."""

    INFO = "info"
    WARNING = "warning"
    BLOCKING = "blocking"


class Outcome(str, Enum):
    """A gate's answer. ``unknown`` (could not be evaluated) never counts as a pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen on one object.

    ``code`` is a key of CODES; ``subject`` names the object as people do (``cp3``, ``Node/w1``, ``shop/web-1``);
    ``message`` says observed against required, ``why`` what it would lead to, ``remedy`` the next step.
    """

    code: str
    subject: str
    message: str
    why: str
    remedy: str
    severity: Severity = Severity.BLOCKING

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"{self.code} is not in the catalogue of codes")

    @property
    def acceptable(self) -> bool:
        return CODES[self.code].acceptable

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "severity": self.severity.value, "acceptable": self.acceptable}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Finding:
        return cls(
            code=raw["code"],
            subject=raw["subject"],
            message=raw["message"],
            why=raw["why"],
            remedy=raw["remedy"],
            severity=Severity(raw["severity"]),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one gate, with the findings it rests on."""

    gate: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"gate": self.gate, "outcome": self.outcome.value, "findings": [f.to_dict() for f in self.findings]}


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop a run."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKING]
