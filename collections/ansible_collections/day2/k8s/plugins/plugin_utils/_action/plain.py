# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of Ansible as values of Python.

ansible-core 2.19 and later hand out strings, numbers and containers that carry tags and resolve themselves late; below
the plugins' edge nothing should depend on when that happens, nor on how such values are compared or serialized.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain_value(value: Any) -> Any:
    """``value`` with exact built-in types throughout; what is neither text, number nor container stays as it is."""
    if value is None or isinstance(value, (bool, bytes)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {plain_value(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_value(item) for item in value]
    return value
