# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of the API server that is not a success, typed once, so that nothing above parses error texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .finding import Finding

UNREACHABLE = 0
_TROUBLE_WHY = "nothing is decided on what could not be read, and nothing is changed that could not be watched"


@dataclass(frozen=True, slots=True)
class Cause:
    """One of ``details.causes`` of a Status object: ``type`` as in ``DisruptionBudget``, ``message`` for people."""

    type: str
    message: str


class ApiError(Exception):
    """The API server refused or failed, or (``status`` 0) could not be reached or did not answer in time.

    ``reason`` and ``causes`` are those of the Status object (empty where the answer was none, as from a proxy);
    ``details_kind`` is the kind that the Status speaks of; ``retry_after`` is in seconds, None where the server named
    none; ``resume`` continues a list whose continue token had expired (410); ``dropped`` tells that a reused connection
    closed before the first byte of the answer, as one does that the server gave up while the request was on its way.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        causes: tuple[Cause, ...] = (),
        retry_after: float | None = None,
        *,
        details_kind: str = "",
        resume: str = "",
        dropped: bool = False,
    ) -> None:
        self.status = status
        self.reason = reason
        self.message = message
        self.causes = causes
        self.retry_after = retry_after
        self.details_kind = details_kind
        self.resume = resume
        self.dropped = dropped
        super().__init__(f"{status} {reason}: {message}" if status else message)

    @classmethod
    def from_answer(cls, status: int, body: bytes, headers: Mapping[str, str]) -> ApiError:
        """Read a Status object, or whatever else a proxy or a load balancer may have answered instead."""
        raw = _status_object(body)
        details = raw.get("details") or {}
        text = raw.get("message") or body.decode(errors="replace").strip()[:500] or "no message"
        return cls(
            status,
            raw.get("reason") or "",
            text,
            tuple(Cause(c.get("reason") or "", c.get("message") or "") for c in details.get("causes") or ()),
            _retry_after(details.get("retryAfterSeconds"), headers.get("Retry-After")),
            details_kind=details.get("kind") or "",
            resume=(raw.get("metadata") or {}).get("continue") or "",
        )

    @property
    def transient(self) -> bool:
        """Whether the same request may well succeed a little later: no answer, overload, or a server-side failure."""
        return self.status in (UNREACHABLE, 408, 429) or self.status >= 500

    def finding(self, server: str) -> Finding:
        """What a person has to know of it: a missing permission (D2-CLUSTER-003) or trouble with the API (-002)."""
        if self.status in (401, 403):
            return Finding(
                code="D2-CLUSTER-003",
                subject=server,
                message=self.message,
                why=_TROUBLE_WHY,
                remedy="give the identity in use the rights of manifests/rbac.yaml, and look at its credential",
            )
        return Finding(
            code="D2-CLUSTER-002",
            subject=server,
            message=str(self),
            why=_TROUBLE_WHY,
            remedy="look at the API server and the way to it, then run the same command again",
        )

    def has_cause(self, cause_type: str) -> bool:
        return any(cause.type == cause_type for cause in self.causes)


def _status_object(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body)
    except ValueError:
        return {}
    return raw if isinstance(raw, dict) and raw.get("kind") == "Status" else {}


def _retry_after(in_body: Any, in_header: str | None) -> float | None:
    """Seconds; the header's other form (a date) is not used by API servers and counts as none."""
    for value in (in_body, in_header):
        try:
            if value is not None and float(value) > 0:
                return float(value)
        except ValueError:
            continue
    return None
