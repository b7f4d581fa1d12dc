# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes could ever take a pod, whatever else runs there: selectors, affinity, taints, size, and its volumes.

The scheduler's filters NodeAffinity, NodeName, TaintToleration, VolumeBinding and VolumeZone, and the part of
NodeResourcesFit that does not depend on other pods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ..._model.node import Node
from ..._model.pod import Pod
from ..._model.pod_spec import PodSpec
from ..._model.scheduling import NodeTerm, NodeTerms
from ..._model.taint import CORDON, Taint, untolerated
from ..._model.volume import Claim, Volume

# What a spec asks of a node itself. Few differ in a cluster, while what specs ask of other pods differs with each.
Demand = tuple[object, ...]
# How a node looks to requests and tolerations; a cluster has few different ones.
_Shape = tuple[frozenset[tuple[str, int]], tuple[Taint, ...]]


def demand_of(spec: PodSpec) -> Demand:
    """Equal for specs that the same nodes can take."""
    return spec.requests, spec.node_selector, spec.node_affinity, spec.tolerations


class NodeFit:
    """Answers are remembered: most pods have the same demands, and most nodes look the same."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._shapes = {name: _shape(node) for name, node in nodes.items()}
        self._by_label: dict[str, dict[str, list[str]]] = {}
        self._by_terms: dict[NodeTerms, frozenset[str]] = {}
        self._by_zone: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._by_selection: dict[object, tuple[str, ...]] = {}
        self._by_demand: dict[Demand, tuple[str, ...]] = {}

    def takes(self, spec: PodSpec) -> tuple[str, ...]:
        """The nodes that could take a pod with this spec, cordons aside, in the order of ``nodes``."""
        demand = demand_of(spec)
        found = self._by_demand.get(demand)
        if found is None:
            fits: dict[_Shape, bool] = {}
            found = tuple(name for name in self.selects(spec) if self._shape_fits(spec, self._shapes[name], fits))
            self._by_demand[demand] = found
        return found

    def selects(self, spec: PodSpec) -> tuple[str, ...]:
        """The nodes that nodeSelector and required node affinity leave."""
        key = (spec.node_selector, spec.node_affinity)
        found = self._by_selection.get(key)
        if found is None:
            allowed = None if spec.node_affinity is None else self.matching(spec.node_affinity)
            found = tuple(
                name
                for name, node in self._nodes.items()
                if (allowed is None or name in allowed)
                and all(node.labels.get(label) == value for label, value in spec.node_selector)
            )
            self._by_selection[key] = found
        return found

    def tolerates(self, spec: PodSpec, name: str) -> bool:
        """Whether no taint of the node keeps the pod out, a cordon aside."""
        return untolerated(self._shapes[name][1], spec.tolerations) is None

    def matching(self, terms: NodeTerms) -> frozenset[str]:
        """The nodes that one of the terms matches."""
        found = self._by_terms.get(terms)
        if found is None:
            found = frozenset(name for term in terms for name in self._matching_term(term))
            self._by_terms[terms] = found
        return found

    def in_zone(self, label: str, values: frozenset[str]) -> frozenset[str]:
        """The nodes whose label has one of the values."""
        found = self._by_zone.get((label, values))
        if found is None:
            by_value = self._label(label)
            found = frozenset(name for value in values for name in by_value.get(value, ()))
            self._by_zone[label, values] = found
        return found

    def obstacle(self, spec: PodSpec, name: str) -> str:
        """Why this node can never take a pod with this spec, in words; empty where it could."""
        node = self._nodes[name]
        if any(node.labels.get(label) != value for label, value in spec.node_selector):
            return "nodeSelector"
        if spec.node_affinity is not None and name not in self.matching(spec.node_affinity):
            return "node affinity"
        taint = untolerated(self._shapes[name][1], spec.tolerations)
        if taint is not None:
            return f"taint {taint.key}"
        return next((f"too little {r}" for r, wanted in spec.requests if node.allocatable.get(r, 0) < wanted), "")

    def _shape_fits(self, spec: PodSpec, shape: _Shape, known: dict[_Shape, bool]) -> bool:
        fits = known.get(shape)
        if fits is None:
            allocatable, taints = dict(shape[0]), shape[1]
            fits = untolerated(taints, spec.tolerations) is None and all(
                allocatable.get(resource, 0) >= wanted for resource, wanted in spec.requests
            )
            known[shape] = fits
        return fits

    def _matching_term(self, term: NodeTerm) -> Iterable[str]:
        """Looks only at nodes that have a label value which the term asks for, as local volumes ask for one node."""
        candidates: Iterable[str] = self._nodes
        for requirement in term.requirements:
            if requirement.operator == "In":
                by_value = self._label(requirement.key)
                candidates = [name for value in requirement.values for name in by_value.get(value, ())]
                break
        return (name for name in candidates if term.matches(name, self._nodes[name].labels))

    def _label(self, label: str) -> dict[str, list[str]]:
        found = self._by_label.get(label)
        if found is None:
            found = defaultdict(list)
            for name, node in self._nodes.items():
                if label in node.labels:
                    found[node.labels[label]].append(name)
            self._by_label[label] = found
        return found


def _shape(node: Node) -> _Shape:
    """The cordon's own taint is left out: it comes and goes with the cordon."""
    return frozenset(node.allocatable.items()), tuple(t for t in node.taints if t.keeps_out and t.key != CORDON.key)


class VolumeFit:
    """Where the persistent volumes of a pod can be used."""

    def __init__(self, fit: NodeFit, claims: Mapping[str, Claim], volumes: Mapping[str, Volume]) -> None:
        self._fit = fit
        self._claims = claims
        self._volumes = volumes

    def claims_of(self, pod: Pod) -> list[Claim]:
        """Those that are known."""
        keys = (f"{pod.namespace}/{name}" for name in pod.claims)
        return [self._claims[key] for key in keys if key in self._claims]

    def reach(self, pod: Pod) -> frozenset[str] | None:
        """The nodes from which all volumes of the pod can be used; None where no volume limits that."""
        reach: frozenset[str] | None = None
        for claim in self.claims_of(pod):
            volume = self._volumes.get(claim.volume)
            if volume is None:
                continue
            limits = [self._fit.in_zone(label, values) for label, values in volume.zones]
            if volume.node_affinity is not None:
                limits.append(self._fit.matching(volume.node_affinity))
            for limit in limits:
                reach = limit if reach is None else reach & limit
        return reach

    def unknown(self, pod: Pod) -> str:
        """What is not known about the pod's volumes, in words; empty where all is."""
        for name in pod.claims:
            claim = self._claims.get(f"{pod.namespace}/{name}")
            if claim is None:
                return f"claim {name} was not seen"
            if not claim.volume:
                return f"claim {name} is not bound yet"
            if claim.volume not in self._volumes:
                return f"volume {claim.volume} was not seen"
        return ""
