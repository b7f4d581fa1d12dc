# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of drains share: nodes and a namespace of the test's own, and drains with the product's rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import drain, imagine
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Unfenced
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from tests.harness.cluster import PRODUCT, Cluster

# Shorter than in earnest, so that the tests do not wait for it again and again.
SETTLE = 1.0


@dataclass
class Site:
    """The test's own nodes (``drained`` and ``other``, labelled so that its pods stay among them) and namespace.

    Only ``drained`` takes pods at first; see ``open_other``.
    """

    cluster: Cluster
    transport: Transport
    namespace: str
    drained: str
    other: str
    said: list[str] = field(default_factory=list)

    def place(self) -> dict[str, Any]:
        """Pod spec fields that keep a workload's pods on the test's nodes."""
        return {"nodeSelector": {"test": self.namespace}}

    def run(self, **options: Any) -> DrainResult:
        """Drains ``drained``; options as of ``run_all``."""
        (result,) = self.run_all(self.drained, **options)
        return result

    def run_all(
        self,
        *nodes: str,
        timeout: float = 30,
        settle: float = SETTLE,
        transport: Transport | None = None,
        **options: Any,
    ) -> tuple[DrainResult, ...]:
        return drain(
            transport or self.transport,
            nodes,
            DrainOptions(timeout_seconds=timeout, settle_seconds=settle, **options),
            run_id="run-1",
            now_iso=now_iso,
            fence=Unfenced(),
            say=self.said.append,
        )

    def imagine(self, **options: Any) -> DrainResult:
        (result,) = imagine(self.transport, [self.drained], DrainOptions(**options), now_iso=now_iso)
        return result

    def here(self, node: str = "") -> list[str]:
        """The names of the pods on the drained (or another) node, terminating ones included."""
        return sorted(pod["metadata"]["name"] for pod in self.cluster.pods(node=node or self.drained))

    def is_cordoned(self, node: str = "") -> bool:
        return bool(self.cluster.node(node or self.drained)["spec"].get("unschedulable"))

    def open_other(self) -> None:
        """Lets ``other`` take pods as well."""
        self.cluster.admin.merge(f"/api/v1/nodes/{self.other}", {"spec": {"unschedulable": None}})

    def evictions(self, since: int) -> list[dict[str, Any]]:
        """The product's evictions in the API server's audit log."""
        return [
            event
            for event in self.cluster.audit.events(PRODUCT, since)
            if event["verb"] == "create" and event["objectRef"].get("subresource") == "eviction"
        ]

    def evicted(self, since: int) -> list[str]:
        """The names of the pods whose eviction was granted, in that order."""
        return [e["objectRef"]["name"] for e in self.evictions(since) if e["responseStatus"]["code"] == 201]


def actions(result: DrainResult) -> dict[str, str]:
    return {pod.name: pod.action for pod in result.pods}


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]
