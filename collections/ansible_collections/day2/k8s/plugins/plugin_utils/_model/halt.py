# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's word that no further node is to be taken; kept on the lock's Lease until a person takes it back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

ANNOTATION = "day2.k8s/halt"


@dataclass(frozen=True, slots=True)
class Halt:
    """``at`` is ISO 8601, UTC; ``reason`` may be empty."""

    by: str
    at: str
    reason: str

    def __str__(self) -> str:
        return f"halted by {self.by} at {self.at}" + (f": {self.reason}" if self.reason else "")

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Halt:
        """Whatever somebody wrote there by hand halts as well."""
        try:
            raw = json.loads(text)
            return cls(str(raw["by"]), str(raw["at"]), str(raw["reason"]))
        except (ValueError, KeyError, TypeError):
            return cls("somebody", "an unknown time", text)
