# SPDX-License-Identifier: GPL-3.0-or-later
"""Equal values are kept once: a cluster's 150,000 pods come from some thousand templates.

Values are compared, not owners: admission may have changed single pods of a template.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from .pod_spec import PodSpec

_Value = TypeVar("_Value", bound=Hashable)

# Read by PodSpec.from_api; what it makes of them may depend on namespace and labels where these are in play.
_PLAIN_FIELDS = (
    "resources",
    "overhead",
    "nodeSelector",
    "affinity",
    "topologySpreadConstraints",
    "tolerations",
    "schedulerName",
    "schedulingGates",
    "preemptionPolicy",
)


class Interner:
    """Hands out the first of equal values; lives as long as one reading of a cluster."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}
        self._labels: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._specs: dict[str, PodSpec] = {}
        self._equal_specs: dict[PodSpec, PodSpec] = {}

    def value(self, value: _Value) -> _Value:
        same: _Value = self._values.setdefault(value, value)
        return same

    def labels(self, raw: Mapping[str, str] | None) -> Mapping[str, str]:
        items = tuple((raw or {}).items())
        found = self._labels.get(items)
        if found is None:
            found = {self.value(key): self.value(value) for key, value in items}
            self._labels[tuple(found.items())] = found
        return found

    def spec(self, raw: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> PodSpec:
        """PodSpec.from_api, done once for equal fields."""
        key = _spec_key(raw, namespace, labels)
        found = self._specs.get(key)
        if found is None:
            found = PodSpec.from_api(raw, namespace, labels)
            found = self._specs[key] = self._equal_specs.setdefault(found, found)
        return found


def _spec_key(raw: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> str:
    containers = [(c.get("resources"), _host_ports(c)) for c in raw.get("containers") or ()]
    init = [(c.get("resources"), c.get("restartPolicy"), _host_ports(c)) for c in raw.get("initContainers") or ()]
    plain = [raw.get(field) for field in _PLAIN_FIELDS]
    place = namespace if raw.get("affinity") else ""
    spread = [labels.get(k) for c in raw.get("topologySpreadConstraints") or () for k in c.get("matchLabelKeys") or ()]
    return repr((containers, init, plain, bool(raw.get("resourceClaims")), place, spread))


def _host_ports(container: Mapping[str, Any]) -> list[Any]:
    return [port for port in container.get("ports") or () if port.get("hostPort")]
