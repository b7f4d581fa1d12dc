# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as a file: made by the verb plan, attached to whatever approves it, and held to by the verb upgrade."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._model.errors import Day2Error
from .._model.finding import Finding
from .._upgrade.agreement import Agreement, differences, digest

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class PlanFile:
    """``plan`` is as of ``Plan.to_dict``, ``findings`` and ``accepted`` as the plan's result has them."""

    made_at: str
    environment: str
    result: str
    agreement: Agreement
    plan: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]
    accepted: tuple[Mapping[str, Any], ...]

    @property
    def digest(self) -> str:
        return digest(self.agreement)

    def write(self, path: Path) -> None:
        """Raises Day2Error D2-INPUT-002 where the file cannot be written."""
        document = {
            "schema": SCHEMA,
            "made_at": self.made_at,
            "environment": self.environment,
            "result": self.result,
            "digest": self.digest,
            "intent": self.agreement,
            "plan": self.plan,
            "findings": list(self.findings),
            "accepted": list(self.accepted),
        }
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        except OSError as error:
            raise _wrong_file(path, f"cannot be written: {error}", "name a file that can be written") from error

    @classmethod
    def read(cls, path: Path) -> PlanFile:
        """Raises Day2Error D2-INPUT-002 for what is no plan, or one whose intent was changed since it was made."""
        remedy = "make the plan anew (the verb plan), and have it agreed on"
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            if raw["schema"] > SCHEMA:
                raise ValueError(f"it has schema {raw['schema']}; this version understands up to {SCHEMA}")
            found = cls(
                made_at=raw["made_at"],
                environment=raw["environment"],
                result=raw["result"],
                agreement=raw["intent"],
                plan=raw["plan"],
                findings=tuple(raw["findings"]),
                accepted=tuple(raw["accepted"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _wrong_file(path, f"is no plan that can be read: {error!r}", remedy) from error
        if found.digest != raw.get("digest"):
            raise _wrong_file(path, f"was changed: its intent is {found.digest}, not {raw.get('digest')}", remedy)
        return found

    def refuse_other(self, agreement: Agreement) -> list[Finding]:
        """What is wanted now has to be what was agreed on."""
        if digest(agreement) == self.digest:
            return []
        return [
            Finding(
                code="D2-PLAN-001",
                subject="day2_plan_file",
                message=(
                    f"what would be done is not what was agreed on ({self.digest[:19]}, made {self.made_at}): "
                    + "; ".join(differences(self.agreement, agreement))
                ),
                why="an approval is for one intent; another one has to be looked at again",
                remedy="restore what was agreed on, or make a new plan (the verb plan) and have it agreed on",
            )
        ]


def _wrong_file(path: Path, message: str, remedy: str) -> Day2Error:
    return Day2Error(
        Finding(
            code="D2-INPUT-002",
            subject=f"day2_plan_file ({path})",
            message=message,
            why="a run can only be held to a plan that is as it was made",
            remedy=remedy,
        )
    )
