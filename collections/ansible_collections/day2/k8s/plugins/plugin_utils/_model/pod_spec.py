# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scheduler reads of a pod's spec. Pods of one template share one value (``interning``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .quantity import amount
from .scheduling import NodeTerms, PodTerm, Spread, node_terms, pod_terms, spreads
from .taint import Toleration

DEFAULT_SCHEDULER = "default-scheduler"

Requests = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PodSpec:
    """``requests`` by resource, cpu in millicores, each pod's own place under ``pods`` included.

    ``host_ports`` are (protocol, address, port); ``node_selector`` key and value; ``node_affinity`` None where there is
    none. ``gates`` hold a pod back from being scheduled; ``resource_claims`` says that it needs devices which a driver
    allocates; ``preempts`` that it may push out pods of a lower priority.
    """

    requests: tuple[tuple[str, int], ...] = (("pods", 1),)
    host_ports: tuple[tuple[str, str, int], ...] = ()
    node_selector: tuple[tuple[str, str], ...] = ()
    node_affinity: NodeTerms | None = None
    affinity: tuple[PodTerm, ...] = ()
    anti_affinity: tuple[PodTerm, ...] = ()
    spreads: tuple[Spread, ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    scheduler: str = DEFAULT_SCHEDULER
    gates: tuple[str, ...] = ()
    resource_claims: bool = False
    preempts: bool = True

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> PodSpec:
        """Of a pod's ``spec``; what its terms leave open is about its own ``namespace`` and ``labels``."""
        affinity = raw.get("affinity") or {}
        required = (affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
        return cls(
            requests=tuple(sorted({**total_requests(raw), "pods": 1}.items())),
            host_ports=tuple(sorted(set(_host_ports(raw)))),
            node_selector=tuple(sorted((raw.get("nodeSelector") or {}).items())),
            node_affinity=node_terms(required),
            affinity=pod_terms(affinity.get("podAffinity"), namespace),
            anti_affinity=pod_terms(affinity.get("podAntiAffinity"), namespace),
            spreads=spreads(raw.get("topologySpreadConstraints"), labels),
            tolerations=tuple(Toleration.from_api(each) for each in raw.get("tolerations") or ()),
            scheduler=raw.get("schedulerName") or DEFAULT_SCHEDULER,
            gates=tuple(gate["name"] for gate in raw.get("schedulingGates") or ()),
            resource_claims=bool(raw.get("resourceClaims")),
            preempts=raw.get("preemptionPolicy") != "Never",
        )


def total_requests(raw: Mapping[str, Any]) -> dict[str, int]:
    """What the scheduler counts for a pod: after kubernetes/component-helpers:resource/helpers.go.

    Init containers run one after the other, beside the sidecars (init containers that restart always) started before
    them; containers run beside all sidecars. What the pod as a whole asks for replaces that, and overhead is added.
    """
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in raw.get("initContainers") or ():
        own = _requests(container)
        if container.get("restartPolicy") == "Always":
            sidecars = _sum(sidecars, own)
            peak = _max(peak, sidecars)
        else:
            peak = _max(peak, _sum(sidecars, own))
    running = sidecars
    for container in raw.get("containers") or ():
        running = _sum(running, _requests(container))
    total = {**_max(peak, running), **_requests(raw)}
    return _sum(total, _amounts(raw.get("overhead")))


def _requests(raw: Mapping[str, Any]) -> dict[str, int]:
    return _amounts((raw.get("resources") or {}).get("requests"))


def _amounts(raw: Mapping[str, Any] | None) -> dict[str, int]:
    return {name: amount(name, quantity) for name, quantity in (raw or {}).items()}


def _sum(one: Requests, other: Requests) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *(n for n in other if n not in one))}


def _max(one: Requests, other: Requests) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in (*one, *(n for n in other if n not in one))}


def _host_ports(raw: Mapping[str, Any]) -> Iterable[tuple[str, str, int]]:
    sidecars = (c for c in raw.get("initContainers") or () if c.get("restartPolicy") == "Always")
    for container in (*(raw.get("containers") or ()), *sidecars):
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                yield port.get("protocol") or "TCP", port.get("hostIP") or "0.0.0.0", port["hostPort"]
