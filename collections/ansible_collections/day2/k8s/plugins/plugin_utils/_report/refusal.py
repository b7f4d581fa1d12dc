# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as a person reads them: what, why, in which state things are, what to do, whether it can be accepted."""

from __future__ import annotations

from collections.abc import Iterable

from .._model.finding import Finding, Severity
from .grouping import Group, grouped

CATALOGUE = "docs/codes.md"
_WIDTH = 7  # of the longest word of the left column ("accept") and a blank


def render(findings: Iterable[Finding], *, state: str, word: str = "REFUSED") -> str:
    """One block per cause; ``state`` is said once, because it is one for all of them.

    ``word`` heads the blocks of blocking findings (``REFUSED`` before anything was done, ``FAILED`` afterwards); the
    others are headed by their severity.
    """
    groups = grouped(findings)
    if len(groups) == 1:
        return "\n".join(_block(groups[0], word, state))
    blocks = ["\n".join(_block(group, word, None)) for group in groups]
    return "\n\n".join([*blocks, _line("state", state)])


def link(code: str) -> str:
    """Where the catalogue explains ``code``."""
    return f"{CATALOGUE}#{code.lower()}"


def how_to_accept(group: Group) -> str:
    """What a person adds to ``day2_accept``, or that there is no such way."""
    first = group.findings[0]
    if not first.acceptable:
        return "not possible"
    others = f", and so for each of the {len(group.findings)}" if len(group.findings) > 1 else ""
    named = f'code: {first.code}, subject: "{first.subject}"'
    return f'day2_accept: [{{{named}, reason: "<why>", expires: "<YYYY-MM-DD>"}}]{others}'


def _block(group: Group, word: str, state: str | None) -> list[str]:
    finding = group.told
    heading = word if finding.severity is Severity.BLOCKING else finding.severity.value.upper()
    lines = [_indented(f"{heading} {finding.code}  {finding.subject}: {finding.message}"), _line("why", finding.why)]
    if state is not None:
        lines.append(_line("state", state))
    lines += [_line("do", _with_link(finding)), _line("accept", how_to_accept(group))]
    return lines


def _with_link(finding: Finding) -> str:
    where = link(finding.code)
    return finding.remedy if where in finding.remedy else f"{finding.remedy} ({where})"


def _line(word: str, text: str) -> str:
    return _indented(f"{word:<{_WIDTH}}{text}")


def _indented(text: str) -> str:
    """Keep what follows a line break under the text, out of the column of words."""
    return text.replace("\n", "\n" + " " * _WIDTH)
