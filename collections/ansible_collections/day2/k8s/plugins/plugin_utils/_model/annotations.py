# SPDX-License-Identifier: GPL-3.0-or-later
"""What this product writes on a Node, so that any later run, or a person, can tell what happened to it.

Each annotation holds one JSON object. All of them are gone after a node step that ended well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

PREFIX = "day2.k8s/"
SCHEMA = 1

_Record = TypeVar("_Record", bound="_NodeRecord")


@dataclass(frozen=True, slots=True)
class _NodeRecord:
    """A JSON object under ``key``; ``run`` names the run that wrote it, ``at`` when (ISO 8601, UTC)."""

    key: ClassVar[str]

    run: str
    at: str

    def dumps(self) -> str:
        return json.dumps({"schema": SCHEMA, **asdict(self)}, sort_keys=True, separators=(",", ":"))

    @classmethod
    def loads(cls: type[_Record], annotations: Mapping[str, str]) -> _Record | None:
        """The record on a Node with these annotations, or None.

        Raises ValueError for a schema newer than this version knows, so that nothing is guessed.
        """
        text = annotations.get(cls.key)
        if text is None:
            return None
        try:
            raw: dict[str, Any] = json.loads(text)
            schema = int(raw.pop("schema"))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"annotation {cls.key} is not one of ours: {text!r}") from error
        if schema > SCHEMA:
            raise ValueError(f"annotation {cls.key} has schema {schema}; this version understands up to {SCHEMA}")
        try:
            return cls(**raw)
        except TypeError as error:
            raise ValueError(f"annotation {cls.key} is not one of ours: {text!r}") from error


@dataclass(frozen=True, slots=True)
class Claim(_NodeRecord):
    """The node is in hand: admitted by the coordinator of ``run`` and counted as out from then on."""

    key: ClassVar[str] = PREFIX + "claim"


@dataclass(frozen=True, slots=True)
class CordonOwner(_NodeRecord):
    """The cordon is ours; it was set by ``run`` and only then may this product lift it."""

    key: ClassVar[str] = PREFIX + "cordon"


@dataclass(frozen=True, slots=True)
class Journal(_NodeRecord):
    """Where the node step stands: ``step`` as in design (admit … uncordon), ``state`` running or failed.

    ``changed`` says whether anything on the machine was changed yet; ``message`` why it failed.
    """

    key: ClassVar[str] = PREFIX + "journal"

    target: str
    step: str
    state: str
    changed: bool = False
    message: str = ""
