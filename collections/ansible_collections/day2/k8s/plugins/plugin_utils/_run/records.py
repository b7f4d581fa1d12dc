# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of runs on the cluster itself: the open or last one, and a slim history.

Two ConfigMaps with one JSON document each. Only who holds the lock writes them, so nothing is merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._kube.transport import ApiError, Transport
from .._model.run import LOCK_NAMESPACE

SCHEMA = 1
RUN_CONFIGMAP = "day2-run"
HISTORY_CONFIGMAP = "day2-history"
HISTORY_LENGTH = 20
_KEY = "record.json"
_CONFIGMAPS = f"/api/v1/namespaces/{LOCK_NAMESPACE}/configmaps"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. ``nodes`` are the Nodes of its plan in order; ``who`` started it (``user@host``).

    ``closed_at``, ``result`` and ``remaining`` (Nodes) are empty while it is open, and stay so when it died.
    """

    run: str
    verb: str
    environment: str
    target: str
    who: str
    opened_at: str
    nodes: tuple[str, ...]
    closed_at: str = ""
    result: str = ""
    remaining: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> RunRecord:
        return cls(**{**raw, "nodes": tuple(raw["nodes"]), "remaining": tuple(raw["remaining"])})

    @property
    def slim(self) -> RunRecord:
        """As the history keeps it: without the plan, which is long on a large cluster."""
        return RunRecord(**{**asdict(self), "nodes": ()})


def read_run(transport: Transport) -> RunRecord | None:
    """The open or last run. Raises ApiError, and ValueError for a record of a newer version of this product."""
    raw = _read(transport, RUN_CONFIGMAP)
    return RunRecord.from_dict(raw["run"]) if raw else None


def write_run(transport: Transport, record: RunRecord) -> None:
    """Raises ApiError."""
    _write(transport, RUN_CONFIGMAP, {"run": record.to_dict()})


def read_history(transport: Transport) -> tuple[RunRecord, ...]:
    """Closed runs, the latest first. Raises as ``read_run``."""
    raw = _read(transport, HISTORY_CONFIGMAP)
    return tuple(map(RunRecord.from_dict, raw["runs"])) if raw else ()


def add_to_history(transport: Transport, record: RunRecord) -> None:
    """Raises as ``read_run``."""
    _write(transport, HISTORY_CONFIGMAP, {"runs": [r.to_dict() for r in extended(read_history(transport), record)]})


def extended(history: Iterable[RunRecord], record: RunRecord) -> tuple[RunRecord, ...]:
    """``history`` with ``record`` first, each run once, the oldest dropped."""
    earlier = [kept for kept in history if kept.run != record.run]
    return (record.slim, *earlier)[:HISTORY_LENGTH]


def _read(transport: Transport, name: str) -> dict[str, Any] | None:
    try:
        data = transport.request("GET", f"{_CONFIGMAPS}/{name}").get("data") or {}
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    document: dict[str, Any] = json.loads(data[_KEY])
    if document["schema"] > SCHEMA:
        raise ValueError(f"ConfigMap {name} has schema {document['schema']}; this version understands up to {SCHEMA}")
    return document


def _write(transport: Transport, name: str, document: Mapping[str, Any]) -> None:
    data = {_KEY: json.dumps({"schema": SCHEMA, **document}, sort_keys=True, separators=(",", ":"))}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    try:
        transport.request(
            "PATCH", f"{_CONFIGMAPS}/{name}", body={"data": data}, content_type="application/merge-patch+json"
        )
    except ApiError as error:
        if error.status != 404:
            raise
        transport.request("POST", _CONFIGMAPS, body=body)
