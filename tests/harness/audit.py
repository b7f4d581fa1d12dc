# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asked the API server for what: its own audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# RequestReceived would double every line; the answer's stage tells the result too.
POLICY: dict[str, Any] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}
MUTATING = frozenset({"create", "update", "patch", "delete", "deletecollection"})
# Asking what one may do is a POST by form and changes nothing.
HARMLESS = frozenset({"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"})


class AuditLog:
    """The audit log of one API server; written synchronously, so it is complete once an answer has arrived."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def position(self) -> int:
        """Return the present end, to be given to :meth:`events` later."""
        return self._path.stat().st_size

    def events(self, user: str, since: int = 0) -> list[dict[str, Any]]:
        """Return the events of a user, in order, from ``since`` on."""
        with self._path.open("rb") as log:
            log.seek(since)
            events = (json.loads(line) for line in log if line.endswith(b"\n"))
            return [event for event in events if event["user"]["username"] == user]

    def writes(self, user: str, since: int = 0) -> list[str]:
        """Return what a user tried to change, as ``verb uri``; attempts that were refused count."""
        return [
            f"{event['verb']} {event['requestURI']}"
            for event in self.events(user, since)
            if event["verb"] in MUTATING and event.get("objectRef", {}).get("resource") not in HARMLESS
        ]
