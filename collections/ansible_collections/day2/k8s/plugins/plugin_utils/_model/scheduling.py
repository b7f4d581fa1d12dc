# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod demands of the node it runs on, and of the pods around it: the hard rules only, not preferences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .selector import Requirement, Selector

HOSTNAME_LABEL = "kubernetes.io/hostname"
_NODE_NAME = "metadata.name"


@dataclass(frozen=True, slots=True)
class NodeRequirement:
    """One condition on a node's labels; besides a selector's operators there are Gt and Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        if self.operator in ("Gt", "Lt"):
            return self._compares(labels.get(self.key))
        return Requirement(self.key, self.operator, frozenset(self.values)).matches(labels)

    def _compares(self, value: str | None) -> bool:
        try:
            seen, bound = int(value or ""), int(self.values[0])
        except (ValueError, IndexError):
            return False
        return seen > bound if self.operator == "Gt" else seen < bound


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """All its conditions must hold; one without any matches no node. ``names`` limits it to nodes by name."""

    requirements: tuple[NodeRequirement, ...] = ()
    names: tuple[NodeRequirement, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        if not self.requirements and not self.names:
            return False
        return all(r.matches(labels) for r in self.requirements) and all(
            r.matches({_NODE_NAME: name}) for r in self.names
        )

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> NodeTerm:
        return cls(_requirements(raw.get("matchExpressions")), _requirements(raw.get("matchFields")))


# One of the terms must hold; None sets no condition, and no term at all matches no node.
NodeTerms = tuple[NodeTerm, ...]


def node_terms(raw: Mapping[str, Any] | None) -> NodeTerms | None:
    """Of a ``NodeSelector``, as pods and persistent volumes have them."""
    return None if raw is None else tuple(NodeTerm.from_api(term) for term in raw.get("nodeSelectorTerms") or ())


@dataclass(frozen=True, slots=True)
class PodTerm:
    """A required (anti-)affinity: a topology domain with, or without, a pod that ``covers`` covers.

    ``namespaces`` are named ones; those that ``namespace_selector`` matches count as well.
    """

    topology_key: str
    selector: Selector
    namespaces: frozenset[str]
    namespace_selector: Selector

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], own_namespace: str) -> PodTerm:
        named = frozenset(raw.get("namespaces") or ())
        by_labels = raw.get("namespaceSelector")
        return cls(
            topology_key=raw["topologyKey"],
            selector=Selector.from_api(raw.get("labelSelector")),
            namespaces=named if named or by_labels is not None else frozenset([own_namespace]),
            namespace_selector=Selector.from_api(by_labels),
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """A topology spread constraint that forbids (DoNotSchedule); it looks at pods of the pod's own namespace.

    ``honor_affinity`` and ``honor_taints`` say whether nodes that the pod may not run on count as domains.
    """

    topology_key: str
    max_skew: int
    min_domains: int
    selector: Selector
    honor_affinity: bool
    honor_taints: bool

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], labels: Mapping[str, str]) -> Spread:
        """``labels`` are the pod's, for ``matchLabelKeys``."""
        selector = Selector.from_api(raw.get("labelSelector"))
        added = tuple(
            Requirement(key, "In", frozenset([labels[key]])) for key in raw.get("matchLabelKeys") or () if key in labels
        )
        return cls(
            topology_key=raw["topologyKey"],
            max_skew=raw["maxSkew"],
            min_domains=raw.get("minDomains") or 1,
            selector=Selector((*selector.requirements, *added), selector.nothing),
            honor_affinity=raw.get("nodeAffinityPolicy", "Honor") == "Honor",
            honor_taints=raw.get("nodeTaintsPolicy", "Ignore") == "Honor",
        )


def pod_terms(raw: Mapping[str, Any] | None, own_namespace: str) -> tuple[PodTerm, ...]:
    """The required terms of a ``podAffinity`` or ``podAntiAffinity``."""
    terms = (raw or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or ()
    return tuple(PodTerm.from_api(term, own_namespace) for term in terms)


def spreads(raw: Iterable[Mapping[str, Any]] | None, labels: Mapping[str, str]) -> tuple[Spread, ...]:
    """Those that forbid."""
    forbidding = (each for each in raw or () if each.get("whenUnsatisfiable") == "DoNotSchedule")
    return tuple(Spread.from_api(each, labels) for each in forbidding)


def _requirements(raw: Iterable[Mapping[str, Any]] | None) -> tuple[NodeRequirement, ...]:
    return tuple(NodeRequirement(each["key"], each["operator"], tuple(each.get("values") or ())) for each in raw or ())
