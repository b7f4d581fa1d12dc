# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception family of this collection; the plugin edge turns it into a failed result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .finding import Finding


class Day2Error(Exception):
    """Something a person has to know: one or more findings, the state things are in, and partial results.

    ``begun`` tells a failure (work had begun, whatever it came to) from a refusal.
    """

    def __init__(
        self,
        findings: Finding | Iterable[Finding],
        *,
        state: str = "nothing was changed",
        begun: bool = False,
        result: Mapping[str, Any] | None = None,
    ) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.state = state
        self.begun = begun
        self.result: dict[str, Any] = dict(result or {})
        super().__init__("; ".join(f"{f.code} {f.subject}: {f.message}" for f in self.findings))
