# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for time and the API, for unit tests of what acts."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError

AWAY = ApiError(0, "", "connection refused")


class Clock:
    """A monotonic clock that moves only when somebody sleeps; ``at`` maps a time to what happens then."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._due: list[tuple[float, Callable[[], object]]] = []

    def __call__(self) -> float:
        return self.now

    def at(self, seconds: float, happening: Callable[[], object]) -> None:
        """``seconds`` from now."""
        self._due.append((self.now + seconds, happening))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for entry in [entry for entry in self._due if entry[0] <= self.now]:
            self._due.remove(entry)
            entry[1]()


class ObjectStore:
    """Objects by path, with merge patches, as much of an API server as single objects need."""

    server = "https://api.example.com:6443"

    def __init__(self, objects: Mapping[str, dict[str, Any]] | None = None) -> None:
        self.objects = {path: copy.deepcopy(found) for path, found in (objects or {}).items()}
        self.writes: list[tuple[str, str]] = []

    def request(self, method: str, path: str, *, body: Any = None, **_: Any) -> dict[str, Any]:
        if method == "GET":
            return copy.deepcopy(self._found(path))
        self.writes.append((method, path))
        if method == "POST":
            path = f"{path}/{body['metadata']['name']}"
            self.objects[path] = copy.deepcopy(body)
        else:
            _merge(self._found(path), body)
        return copy.deepcopy(self.objects[path])

    def _found(self, path: str) -> dict[str, Any]:
        if path not in self.objects:
            raise ApiError(404, "NotFound", f"{path} not found")
        return self.objects[path]


def _merge(target: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """RFC 7396."""
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, Mapping):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value
