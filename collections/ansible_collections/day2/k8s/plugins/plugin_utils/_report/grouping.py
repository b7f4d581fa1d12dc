# SPDX-License-Identifier: GPL-3.0-or-later
"""One cause on many objects is told once: forty nodes without a package are one thing to repair, not forty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .._model.finding import Finding, Severity
from .._model.naming import shortened

EACH = "<name>"


@dataclass(frozen=True, slots=True)
class Group:
    """``findings`` that say the same of different subjects, in the order in which they were found."""

    findings: tuple[Finding, ...]

    @property
    def told(self) -> Finding:
        """The one finding that stands for all; where there are several, EACH in its texts stands for each subject."""
        first = self.findings[0]
        if len(self.findings) == 1:
            return first
        code, severity, message, why, remedy = _cause(first)
        subjects = shortened([finding.subject for finding in self.findings])
        return Finding(code, subjects, message, why, remedy, severity)

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(finding.subject for finding in self.findings)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """In the order of each group's first finding."""
    groups: dict[tuple[str, Severity, str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_cause(finding), []).append(finding)
    return [Group(tuple(same)) for same in groups.values()]


def _cause(finding: Finding) -> tuple[str, Severity, str, str, str]:
    """What the finding says, whatever its subject is called."""
    # The subject as a word of its own: w1 is part neither of w10 nor of w1.example.com.
    name = re.compile(rf"(?<![\w.-]){re.escape(finding.subject)}(?![\w-]|\.\w)")
    message, why, remedy = (name.sub(EACH, text) for text in (finding.message, finding.why, finding.remedy))
    return finding.code, finding.severity, message, why, remedy
