# SPDX-License-Identifier: GPL-3.0-or-later
"""The open run as it travels between plays: names and paths, never data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LOCK_NAMESPACE = "day2-system"
LOCK_NAME = "day2-run"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a verb on one cluster.

    ``directory`` is private to the controller (mode 0700), holds the coordinator's ``socket`` and goes with it;
    ``artifacts`` is the run's own directory of evidence (plan, events, samples, report); ``target`` is the wanted
    Kubernetes version. With ``check_mode`` no lock is held, no coordinator runs, and both directories are one.
    """

    id: str
    verb: str
    environment: str
    cluster_uid: str
    target: str
    directory: str
    socket: str
    artifacts: str
    opened_at: str
    check_mode: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Run:
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__})
