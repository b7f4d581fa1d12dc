# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs this: for locks and records, so that others know whom to ask."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from typing import Any

# Automation Platform and AWX run every job as one system user and name the person who launched it here.
_LAUNCHED_BY = ("awx_user_name", "tower_user_name")


def who(task_vars: Mapping[str, Any]) -> str:
    """``user@host``."""
    launched_by = next((str(task_vars[name]) for name in _LAUNCHED_BY if task_vars.get(name)), "")
    return f"{launched_by or _user()}@{socket.gethostname()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's random uid has no name
        return "unknown"
