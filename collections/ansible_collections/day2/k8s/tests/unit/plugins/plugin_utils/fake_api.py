# SPDX-License-Identifier: GPL-3.0-or-later
"""API servers for unit tests: one that expects given requests in order, and a small one that drains can be tried on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError, Cause
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import node_json
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE

SERVER = "https://api.example.com:6443"


@dataclass
class Expected:
    """A request and its answer: an object, or an ApiError; ``body`` is compared where it is given."""

    method: str
    path: str
    answer: dict[str, Any] | ApiError = field(default_factory=dict)
    body: Any = None


class ScriptedApi:
    """Stands in for Transport; fails the test at the first request that is not the next one expected."""

    server = SERVER

    def __init__(self, *expected: Expected) -> None:
        self._expected = list(expected)

    def request(self, method: str, path: str, *, body: Any = None, **_: Any) -> dict[str, Any]:
        assert self._expected, f"nothing more was expected, but {method} {path}"
        following = self._expected.pop(0)
        assert (method, path) == (following.method, following.path)
        if following.body is not None:
            assert body == following.body
        if isinstance(following.answer, ApiError):
            raise following.answer
        return copy.deepcopy(following.answer)

    def done(self) -> None:
        assert not self._expected, f"still expected: {self._expected}"


class NodeApi:
    """One node with pods under budgets, which ``clock`` makes end when their grace is over.

    ``claims`` maps the claims in pods' namespaces to their volumes. ``events`` are those written about the node,
    ``elsewhere`` the pods of other nodes.
    ``forbid_writes`` makes every mutating request fail the test. ``interfere`` is called with method and path before
    each request, and may raise an ApiError in the server's place.
    """

    server = SERVER

    def __init__(
        self,
        clock: Clock,
        pods: Iterable[Mapping[str, Any]] = (),
        *,
        budgets: Iterable[Mapping[str, Any]] = (),
        daemonsets: Iterable[str] = (),
        attachments: Iterable[Mapping[str, Any]] = (),
        claims: Mapping[str, str] | None = None,
        cordoned: bool = False,
        forbid_writes: bool = False,
        interfere: Callable[[str, str], None] | None = None,
    ) -> None:
        self.node = node_json(NODE, cordoned=cordoned)
        self.node["metadata"]["resourceVersion"] = "1"
        self.pods = {pod["metadata"]["name"]: copy.deepcopy(dict(pod)) for pod in pods}
        self.budgets = {budget["metadata"]["name"]: copy.deepcopy(dict(budget)) for budget in budgets}
        self.daemonsets = set(daemonsets)
        self.attachments = {found["metadata"]["name"]: copy.deepcopy(dict(found)) for found in attachments}
        self.claims = dict(claims or {})
        self.elsewhere: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.evictions: list[tuple[float, str, dict[str, Any]]] = []
        self.requests: list[tuple[str, str]] = []
        self._clock = clock
        self._forbid_writes = forbid_writes
        self._interfere = interfere or (lambda _method, _path: None)

    def request(self, method: str, path: str, *, body: Any = None, **_: Any) -> dict[str, Any]:
        self.requests.append((method, path))
        if method != "GET":
            assert not self._forbid_writes, f"{method} {path} would change something"
        self._interfere(method, path)
        if path == f"/api/v1/nodes/{NODE}":
            return self._patch(body) if method == "PATCH" else copy.deepcopy(self.node)
        if path.endswith("/eviction"):
            return self._evict(body)
        if path == "/api/v1/namespaces/default/events":
            self.events.append(body)
            return {}
        if "/persistentvolumeclaims/" in path and path.rpartition("/")[2] in self.claims:
            return {"spec": {"volumeName": self.claims[path.rpartition("/")[2]]}}
        if "/daemonsets/" in path and path.rpartition("/")[2] in self.daemonsets:
            return {"metadata": {}}
        raise ApiError(404, "NotFound", f"{path} not found")

    def pages(self, path: str, query: Mapping[str, Any] | None = None, **_: Any) -> Iterator[dict[str, Any]]:
        self.requests.append(("GET", path))
        self._interfere("GET", path)
        found = {"pods": self.pods, "poddisruptionbudgets": self.budgets, "volumeattachments": self.attachments}
        yield from copy.deepcopy(list(found[path.rpartition("/")[2]].values()))
        if "/namespaces/" in path:
            yield from copy.deepcopy(self.elsewhere)

    def _patch(self, operations: list[dict[str, Any]]) -> dict[str, Any]:
        """As much of JSON patch as cordons need."""
        metadata = self.node["metadata"]
        for operation in operations:
            if operation["op"] == "test" and operation["value"] != metadata["resourceVersion"]:
                raise ApiError(422, "Invalid", "testing path /metadata/resourceVersion value failed")
            *parents, last = [part.replace("~1", "/") for part in operation["path"].split("/")[1:]]
            target = self.node
            for parent in parents:
                target = target[parent]
            if operation["op"] == "add":
                target[last] = operation["value"]
            elif operation["op"] == "remove":
                del target[last]
        metadata["resourceVersion"] = str(int(metadata["resourceVersion"]) + 1)
        return copy.deepcopy(self.node)

    def _evict(self, body: dict[str, Any]) -> dict[str, Any]:
        name, options = body["metadata"]["name"], body["deleteOptions"]
        self.evictions.append((self._clock(), name, options))
        pod = self.pods.get(name)
        if pod is None:
            raise ApiError(404, "NotFound", f'pods "{name}" not found')
        if options["preconditions"]["uid"] != pod["metadata"]["uid"]:
            raise ApiError(409, "Conflict", "the UID in the precondition does not match")
        for budget in self.budgets.values():
            if pod["metadata"]["labels"]["app"] == budget["spec"]["selector"]["matchLabels"]["app"]:
                self._spend(budget)
        grace = options.get("gracePeriodSeconds", pod["spec"]["terminationGracePeriodSeconds"])
        pod["metadata"]["deletionTimestamp"] = "2026-08-07T10:00:00Z"
        if not pod["metadata"].get("finalizers"):
            self._clock.at(grace, lambda: self.pods.pop(name))
        return {}

    def _spend(self, budget: dict[str, Any]) -> None:
        if budget["status"]["disruptionsAllowed"] <= 0:
            cause = Cause("DisruptionBudget", f"The disruption budget {budget['metadata']['name']} needs more")
            raise ApiError(429, "TooManyRequests", "Cannot evict pod", (cause,))
        budget["status"]["disruptionsAllowed"] -= 1
