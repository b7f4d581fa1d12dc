# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding accepted by a person: by name, with a reason, and not for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Accepts the finding ``code`` on ``subject`` up to and including the day ``expires`` (UTC)."""

    code: str
    subject: str
    reason: str
    expires: date

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "expires": self.expires.isoformat()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Acceptance:
        """The inverse of ``to_dict``."""
        return cls(raw["code"], raw["subject"], raw["reason"], date.fromisoformat(raw["expires"]))
