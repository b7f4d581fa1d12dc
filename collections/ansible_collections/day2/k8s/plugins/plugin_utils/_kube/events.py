# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes Events on Nodes, for whoever looks there (``kubectl describe node``) and not at this tool."""

from __future__ import annotations

from contextlib import suppress

from .._model.errors import Day2Error
from .transport import ApiError, Transport

COMPONENT = "day2.k8s"
# Where the Events of objects without a namespace are.
_NAMESPACE = "default"
_LONGEST_MESSAGE = 1024
_TIMEOUT_SECONDS = 5.0


def tell(transport: Transport, node: str, uid: str, reason: str, message: str, *, now_iso: str, warning: bool) -> None:
    """Writes one Event about the node. One that cannot be written is no reason to fail anything: it is left out."""
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{node}.", "namespace": _NAMESPACE},
        "involvedObject": {"apiVersion": "v1", "kind": "Node", "name": node, "uid": uid},
        "type": "Warning" if warning else "Normal",
        "reason": reason,
        "message": message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…",
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "firstTimestamp": now_iso,
        "lastTimestamp": now_iso,
        "count": 1,
    }
    with suppress(ApiError, Day2Error):
        transport.request("POST", f"/api/v1/namespaces/{_NAMESPACE}/events", body=event, timeout=_TIMEOUT_SECONDS)
