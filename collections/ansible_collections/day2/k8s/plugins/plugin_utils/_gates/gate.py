# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate is: one question about the cluster, asked before a node is touched and after."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from .._model.finding import Finding, Outcome, Verdict, blocking
from .._model.snapshot import Snapshot


class Gate(ABC):
    """Subclasses set ``name`` (what people call it) and implement ``findings``."""

    name: ClassVar[str]

    def applies(self, snapshot: Snapshot) -> bool:  # noqa: ARG002 - for those that override it
        """Whether the question makes sense on this cluster."""
        return True

    @abstractmethod
    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        """What is wrong. ``in_hand`` names Nodes being worked on: what is expected of them meanwhile is not wrong."""

    def outcome(self, findings: tuple[Finding, ...]) -> Outcome:
        """Warnings alone pass."""
        return Outcome.FAIL if blocking(findings) else Outcome.PASS

    def evaluate(self, snapshot: Snapshot, in_hand: frozenset[str] = frozenset()) -> Verdict:
        """Never raises: a gate that breaks is unknown, and unknown blocks."""
        try:
            findings = tuple(self.findings(snapshot, in_hand))
        except Exception as error:  # whatever it is that broke the gate, it must not count as a pass
            return Verdict(self.name, Outcome.UNKNOWN, (_not_evaluated(self.name, error),))
        return Verdict(self.name, self.outcome(findings), findings)


def _not_evaluated(gate: str, error: Exception) -> Finding:
    return Finding(
        code="D2-GATE-001",
        subject=gate,
        message=f"the gate could not be evaluated: {type(error).__name__}: {error}",
        why="what is not known does not count as healthy",
        remedy="run the same command again; if it stays, report it with this message",
    )
