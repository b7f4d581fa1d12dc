# SPDX-License-Identifier: GPL-3.0-or-later
"""What a coordinator is told when it starts; as JSON over its standard input, because it holds credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._kube.connection import ConnectionOptions
from .._model.acceptance import Acceptance
from .._model.run import Run
from .._upgrade.limits import Limits
from .controller import Controller

LOCK_TTL_SECONDS = 60.0
MAXIMUM_AGE_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class CoordinatorConfig:
    """``plan`` lists the Node names of the run in plan order, ``drained`` those of them that have to be drained.

    ``drain`` is the policy of drains as it was given, None where drains are not to be foreseen; ``report_fd`` is where
    the start is reported.
    """

    connection: ConnectionOptions
    run: Run
    holder: str
    controller: Controller
    plan: tuple[str, ...]
    limits: Limits
    failure_budget: int
    drained: tuple[str, ...] = ()
    drain: Mapping[str, Any] | None = None
    accept: tuple[Acceptance, ...] = ()
    report_fd: int = -1
    ttl_seconds: float = LOCK_TTL_SECONDS
    maximum_age_seconds: float = MAXIMUM_AGE_SECONDS

    def to_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "connection": self.connection.to_dict(),
            "run": self.run.to_dict(),
            "limits": self.limits.to_dict(),
            "accept": [acceptance.to_dict() for acceptance in self.accept],
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> CoordinatorConfig:
        return cls(
            **{
                **raw,
                "connection": ConnectionOptions.from_dict(raw["connection"]),
                "run": Run.from_dict(raw["run"]),
                "controller": Controller(**raw["controller"]),
                "plan": tuple(raw["plan"]),
                "limits": Limits.from_dict(raw["limits"]),
                "drained": tuple(raw["drained"]),
                "accept": tuple(map(Acceptance.from_dict, raw["accept"])),
            }
        )
