# SPDX-License-Identifier: GPL-3.0-or-later
"""The PodDisruptionBudget, parsed once from the API's raw JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pod import Controller, Pod, controller_of
from .selector import Selector
from .workload import contact_of


@dataclass(frozen=True, slots=True)
class Budget:
    """One PodDisruptionBudget (policy/v1).

    ``min_available`` and ``max_unavailable`` are as written (a number, a percentage, or None); the other figures are
    the server's own arithmetic and stand for the object as written only when ``current`` is True. ``owner`` is the
    controller that made it, as operators do; ``sync_failed`` that the server could not tell how many pods there are to
    be, and so allows nothing; ``contact`` is whom to call.
    """

    namespace: str
    name: str
    selector: Selector
    min_available: int | str | None
    max_unavailable: int | str | None
    always_allow_unhealthy: bool
    current: bool
    expected_pods: int
    desired_healthy: int
    current_healthy: int
    disruptions_allowed: int
    disrupted_pods: frozenset[str]
    owner: Controller | None = None
    sync_failed: bool = False
    contact: str = ""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def counts_pods(self) -> bool:
        """Whether the server counts the pods there are, and does not ask their controllers how many there will be."""
        return self.max_unavailable is None and isinstance(self.min_available, int)

    def covers(self, pod: Pod) -> bool:
        return self.namespace == pod.namespace and self.selector.matches(pod.labels)

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], contact_key: str = "") -> Budget:
        """``contact_key`` names the annotation or label that says whom to call."""
        metadata, spec, status = raw["metadata"], raw.get("spec", {}), raw.get("status", {})
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            selector=Selector.from_api(spec.get("selector")),
            min_available=spec.get("minAvailable"),
            max_unavailable=spec.get("maxUnavailable"),
            always_allow_unhealthy=spec.get("unhealthyPodEvictionPolicy") == "AlwaysAllow",
            current=status.get("observedGeneration", 0) >= metadata.get("generation", 0),
            expected_pods=status.get("expectedPods", 0),
            desired_healthy=status.get("desiredHealthy", 0),
            current_healthy=status.get("currentHealthy", 0),
            disruptions_allowed=status.get("disruptionsAllowed", 0),
            disrupted_pods=frozenset(status.get("disruptedPods") or ()),
            owner=controller_of(metadata),
            sync_failed=any(c.get("reason") == "SyncFailed" for c in status.get("conditions") or ()),
            contact=contact_of(metadata, contact_key),
        )
