# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings accepted by a person: only those that may be, by name, with a reason, and for a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .._model.acceptance import Acceptance
from .._model.codes import CODES
from .._model.finding import Finding, Severity

_FIELDS = ("code", "subject", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding and the acceptance that keeps it from blocking."""

    finding: Finding
    acceptance: Acceptance

    def to_dict(self) -> dict[str, Any]:
        return {**self.finding.to_dict(), "accepted": self.acceptance.to_dict()}


def parse(entries: Iterable[Mapping[str, Any]], *, today: date) -> tuple[tuple[Acceptance, ...], tuple[Finding, ...]]:
    """The entries of ``day2_accept`` that hold, and a finding for each that does not."""
    acceptances, findings = [], []
    for position, entry in enumerate(entries):
        try:
            acceptances.append(_acceptance(entry, today))
        except ValueError as error:
            findings.append(_wrong(position, str(error)))
    return tuple(acceptances), tuple(findings)


def apply(
    findings: Iterable[Finding], acceptances: Iterable[Acceptance]
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """What remains, and what is accepted: blocking findings whose code and subject an acceptance names."""
    by_name = {(acceptance.code, acceptance.subject): acceptance for acceptance in acceptances}
    remaining, accepted = [], []
    for finding in findings:
        acceptance = by_name.get((finding.code, finding.subject))
        if acceptance is not None and finding.acceptable and finding.severity is Severity.BLOCKING:
            accepted.append(Accepted(finding, acceptance))
        else:
            remaining.append(finding)
    return tuple(remaining), tuple(accepted)


def _acceptance(entry: Mapping[str, Any], today: date) -> Acceptance:
    values = {name: str(entry.get(name) or "").strip() for name in _FIELDS}
    missing = [name for name in _FIELDS if not values[name]]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing; needed are {', '.join(_FIELDS)}")
    code = values["code"]
    if code not in CODES:
        raise ValueError(f"{code} is not a code of this product")
    if not CODES[code].acceptable:
        raise ValueError(f"{code} ({CODES[code].title}) cannot be accepted")
    try:
        expires = date.fromisoformat(values["expires"])
    except ValueError:
        raise ValueError(f"expires is {values['expires']!r}, not a day such as 2027-01-31") from None
    if expires < today:
        raise ValueError(f"the acceptance of {code} on {values['subject']} expired on {expires}")
    return Acceptance(code, values["subject"], values["reason"], expires)


def _wrong(position: int, message: str) -> Finding:
    return Finding(
        code="D2-INPUT-002",
        subject=f"day2_accept[{position}]",
        message=message,
        why="an acceptance that does not hold would be believed to",
        remedy="correct or remove the entry",
    )
