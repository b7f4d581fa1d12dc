# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written on Nodes: cordons with their ownership, and annotations.

Cordon and owner change in one JSON patch that holds only for the version of the Node that was looked at, so that
neither can exist without the other and nobody else's cordon is ever mistaken for ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.annotations import CordonOwner
from .._model.errors import Day2Error
from .._model.finding import Finding
from .transport import ApiError, Transport

# A Node's version also changes with each of the kubelet's heartbeats, so losing the race a few times is normal.
_TRIES = 8
_PAUSE_SECONDS = 0.25
_CHANGED_MEANWHILE = (409, 422)  # 422 is the API server's answer to a `test` that does not hold


@dataclass(frozen=True, slots=True)
class CordonResult:
    """How the cordon is now.

    ``owner`` is our record on the Node, None where there is none: then a cordon is somebody else's. ``before`` is
    whether the Node was unschedulable. ``unreadable`` says what is wrong with a record that this version cannot read.
    """

    changed: bool
    before: bool
    unschedulable: bool
    owner: CordonOwner | None
    unreadable: str = ""

    @property
    def foreign(self) -> bool:
        """Whether somebody else's cordon is on the Node."""
        return self.unschedulable and self.owner is None


def cordon(
    transport: Transport,
    node_name: str,
    *,
    run_id: str,
    now_iso: str,
    check_mode: bool = False,
    seen: Mapping[str, Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> CordonResult:
    """Makes the Node unschedulable and writes that it was us; leaves a cordon that is there as it is, whoever's it is.

    ``run_id`` is empty outside a run. ``seen`` is the raw Node as it was a moment ago, which saves reading it once more
    if it did not change since. Raises ApiError.
    """
    owner = CordonOwner(run=run_id, at=now_iso)

    def decide(raw: Mapping[str, Any]) -> tuple[CordonResult, list[dict[str, Any]]]:
        if _unschedulable(raw):
            found, unreadable = _owner(raw)
            return CordonResult(False, True, True, found, unreadable), []
        operations = [{"op": "add", "path": "/spec/unschedulable", "value": True}]
        if raw["metadata"].get("annotations") is None:
            operations.append({"op": "add", "path": "/metadata/annotations", "value": {}})
        operations.append({"op": "add", "path": _pointer(CordonOwner.key), "value": owner.dumps()})
        return CordonResult(True, False, True, owner), operations

    return _patched(transport, node_name, decide, check_mode=check_mode, sleep=sleep, seen=seen)


def uncordon(
    transport: Transport,
    node_name: str,
    *,
    check_mode: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> CordonResult:
    """Lifts the cordon if this product set it, in whichever run; otherwise leaves it (see ``CordonResult.foreign``).

    A record left on a Node that somebody else uncordoned is removed without counting as a change. Raises ApiError.
    """

    def decide(raw: Mapping[str, Any]) -> tuple[CordonResult, list[dict[str, Any]]]:
        found, unreadable = _owner(raw)
        cordoned = _unschedulable(raw)
        if found is None:
            return CordonResult(False, cordoned, cordoned, None, unreadable), []
        operations = [{"op": "remove", "path": _pointer(CordonOwner.key)}]
        if cordoned:
            operations.append({"op": "remove", "path": "/spec/unschedulable"})
        return CordonResult(cordoned, cordoned, False, found), operations

    return _patched(transport, node_name, decide, check_mode=check_mode, sleep=sleep)


def read(transport: Transport, node_name: str) -> dict[str, Any]:
    """The raw Node; raises Day2Error D2-NODE-001 where there is none, ApiError otherwise."""
    try:
        return transport.request("GET", f"/api/v1/nodes/{node_name}")
    except ApiError as error:
        if error.status != 404:
            raise
        raise Day2Error(
            Finding(
                code="D2-NODE-001",
                subject=f"Node/{node_name}",
                message="there is no such Node in the cluster",
                why="nothing can be said about, or done to, pods of a node that the cluster does not know",
                remedy="look at the name (kubectl get nodes); day2_node_name sets it where the inventory's differs",
            )
        ) from error


def annotate(transport: Transport, node_name: str, annotations: Mapping[str, str | None]) -> None:
    """Sets annotations, or removes those whose value is None. Raises ApiError."""
    transport.request(
        "PATCH",
        f"/api/v1/nodes/{node_name}",
        body={"metadata": {"annotations": dict(annotations)}},
        content_type="application/merge-patch+json",
    )


def _patched(
    transport: Transport,
    node_name: str,
    decide: Callable[[Mapping[str, Any]], tuple[CordonResult, list[dict[str, Any]]]],
    *,
    check_mode: bool,
    sleep: Callable[[float], None],
    seen: Mapping[str, Any] | None = None,
) -> CordonResult:
    """Applies what ``decide`` makes of the Node; decides anew when the Node changed in between."""
    path = f"/api/v1/nodes/{node_name}"
    unanswered: CordonResult | None = None
    for remaining in reversed(range(_TRIES)):
        raw, seen = (seen or read(transport, node_name)), None
        result, operations = decide(raw)
        if check_mode or not operations:
            # Nothing left to do after a request without an answer: it was carried out.
            return unanswered or result
        unchanged = {"op": "test", "path": "/metadata/resourceVersion", "value": raw["metadata"]["resourceVersion"]}
        try:
            transport.request("PATCH", path, body=[unchanged, *operations], content_type="application/json-patch+json")
        except ApiError as error:
            if remaining and (error.status in _CHANGED_MEANWHILE or error.transient):
                unanswered = result if error.transient else unanswered
                sleep(max(error.retry_after or 0.0, _PAUSE_SECONDS))
                continue
            raise
        return result
    raise AssertionError("the last try returns or raises")


def _unschedulable(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("spec", {}).get("unschedulable"))


def _owner(raw: Mapping[str, Any]) -> tuple[CordonOwner | None, str]:
    try:
        return CordonOwner.loads(raw["metadata"].get("annotations") or {}), ""
    except ValueError as error:
        return None, str(error)


def _pointer(annotation: str) -> str:
    """The annotation's place as a JSON pointer (RFC 6901)."""
    return "/metadata/annotations/" + annotation.replace("~", "~0").replace("/", "~1")
