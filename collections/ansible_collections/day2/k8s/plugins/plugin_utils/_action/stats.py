# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verb leaves for machines, as ``set_stats`` would; Automation Platform hands it on in a workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def day2_result(told: Mapping[str, Any]) -> dict[str, Any]:
    """The value of ``ansible_stats``: one ``day2_result`` for the whole job."""
    return {"data": {"day2_result": dict(told)}, "per_host": False, "aggregate": False}
