# SPDX-License-Identifier: GPL-3.0-or-later
"""The Namespace, as far as pods depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .workload import contact_of


@dataclass(frozen=True, slots=True)
class Namespace:
    """``terminating``: it is being deleted with everything in it; ``contact`` is whom to call."""

    name: str
    labels: Mapping[str, str]
    terminating: bool
    contact: str = ""

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], contact_key: str = "") -> Namespace:
        metadata = raw["metadata"]
        return cls(
            name=metadata["name"],
            labels=metadata.get("labels") or {},
            terminating="deletionTimestamp" in metadata,
            contact=contact_of(metadata, contact_key),
        )
