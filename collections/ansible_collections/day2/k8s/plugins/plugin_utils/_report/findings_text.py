# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings in a report: what is accepted, then what only warns, then what blocks, near the end, where people look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._model.finding import Finding, Severity
from .._model.naming import count
from .grouping import grouped
from .refusal import render

_STATE = "nothing was changed"
# Warnings that are still read; the returned data has them all.
_MOST_WARNINGS = 15


def paragraphs_of(findings: Sequence[Finding], accepted: Sequence[Mapping[str, Any]]) -> list[str]:
    """``accepted`` as of ``Accepted.to_dict``."""
    told = [
        f"ACCEPTED {entry['code']}  {entry['subject']}: {entry['message']}\n"
        f"       until {entry['accepted']['expires']}: {entry['accepted']['reason']}"
        for entry in accepted
    ]
    told += _warnings([finding for finding in findings if finding.severity is not Severity.BLOCKING])
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCKING]
    return [*told, render(blocking, state=_STATE)] if blocking else told


def _warnings(findings: Sequence[Finding]) -> list[str]:
    groups = [group.told for group in grouped(findings)]
    told = [f"WARNING {f.code}  {f.subject}: {f.message}\n       {f.remedy}" for f in groups[:_MOST_WARNINGS]]
    left = groups[_MOST_WARNINGS:]
    if left:
        codes = ", ".join(sorted({finding.code for finding in left}))
        told.append(f"... and {count(len(left), 'warning')} more ({codes}), in the returned findings")
    return told
