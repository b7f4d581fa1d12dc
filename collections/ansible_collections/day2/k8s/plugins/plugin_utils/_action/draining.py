# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of drains: what may be done to pods, and how long it may take.

The doc fragment day2.k8s.drain describes them; a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._drain import rules
from .._drain.options import DrainOptions
from .._model.acceptance import Acceptance

DRAIN_OPTIONS: dict[str, Any] = {
    "timeout": {"type": "int", "default": 1800},
    "volume_detach_timeout": {"type": "int", "default": 360},
    "grace_period": {"type": "int", "default": -1},
    "force": {"type": "bool", "default": False},
    "delete_emptydir_data": {"type": "bool", "default": False},
    "rules": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "namespaces": {"type": "list", "elements": "str", "default": []},
            "pod_selector": {"type": "str", "default": ""},
            "action": {
                "type": "str",
                "choices": [action.value for action in rules.RuleAction],
                "default": rules.RuleAction.EVICT.value,
            },
            "order": {"type": "int"},
        },
    },
}
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
