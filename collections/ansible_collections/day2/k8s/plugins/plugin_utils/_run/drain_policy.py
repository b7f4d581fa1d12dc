# SPDX-License-Identifier: GPL-3.0-or-later
"""From the policy of drains as operators give it to what drains and forecasts work with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._drain import rules
from .._drain.options import DrainOptions
from .._model.acceptance import Acceptance

_LEAST_SECONDS = {"timeout": 1, "volume_detach_timeout": 0, "grace_period": -1}


def read_drain_options(params: Mapping[str, Any], accepted: Iterable[Acceptance]) -> DrainOptions:
    """Raises ValueError naming the option that is wrong."""
    for name, least in _LEAST_SECONDS.items():
        if params[name] < least:
            raise ValueError(f"{name} is {params[name]}; it has to be at least {least} (seconds)")
    try:
        parsed_rules = rules.parse(params["rules"])
    except ValueError as error:
        raise ValueError(f"rules: {error}") from error
    return DrainOptions(
        timeout_seconds=params["timeout"],
        volume_detach_seconds=params["volume_detach_timeout"],
        grace_period_seconds=None if params["grace_period"] == -1 else params["grace_period"],
        force=params["force"],
        delete_emptydir_data=params["delete_emptydir_data"],
        rules=parsed_rules,
        accepted=frozenset((entry.code, entry.subject) for entry in accepted),
    )
