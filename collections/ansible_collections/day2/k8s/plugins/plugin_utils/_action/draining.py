# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of drains: what may be done to pods, and how long it may take.

The module node_drain documents them; a test keeps the two equal.
"""

from __future__ import annotations

from typing import Any

from .._drain import rules

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
