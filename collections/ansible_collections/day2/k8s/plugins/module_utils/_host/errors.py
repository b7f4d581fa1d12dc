# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the one exception family of the node's side.

The module's edge turns it into a failed result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HostError(Exception):
    """Something a person has to know, in the words of the catalogue of codes (docs/codes.md).

    ``message`` says observed against required, ``why`` what it would lead to, ``remedy`` the next step; ``result`` are
    further keys of the module's result.
    """

    def __init__(
        self, message: str, *, code: str, why: str, remedy: str, result: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.why = why
        self.remedy = remedy
        self.result = dict(result or {})

    def to_result(self) -> dict[str, Any]:
        """The arguments of ``fail_json``."""
        return {**self.result, "msg": self.message, "code": self.code, "why": self.why, "remedy": self.remedy}
