# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes the pods around a pod leave it: required (anti-)affinity in both directions, and topology spread.

The scheduler's filters InterPodAffinity and PodTopologySpread. Cordoned nodes stay domains of a spread, as they do for
the scheduler: an emptied node is then the domain with the fewest pods, and can forbid every other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..._model.namespace import Namespace
from ..._model.node import Node
from ..._model.pod import Pod
from ..._model.pod_spec import PodSpec
from ..._model.scheduling import PodTerm, Spread
from ..._model.selector import Selector
from .node_fit import NodeFit

Check = Callable[[str], str]


@dataclass(slots=True)
class _Group:
    """The pods of one namespace with equal labels: how many of them are on which node."""

    labels: Mapping[str, str]
    on: dict[str, int] = field(default_factory=dict)


class Topology:
    """Where pods are, by what (anti-)affinity and spreads ask about them.

    ``pods`` are all that will ever be added; the successor of a pod counts as the pod itself.
    """

    def __init__(
        self, nodes: Mapping[str, Node], namespaces: Mapping[str, Namespace], fit: NodeFit, pods: Iterable[Pod]
    ) -> None:
        self._nodes = nodes
        self._namespaces = namespaces
        self._fit = fit
        self._groups: dict[str, dict[int, _Group]] = defaultdict(dict)
        self._holders: dict[PodTerm, dict[str, int]] = {}
        for pod in pods:
            self._groups[pod.namespace].setdefault(id(pod.labels), _Group(pod.labels))
            for term in pod.spec.anti_affinity:
                self._holders.setdefault(term, {})
        self._repelling: dict[str, list[PodTerm]] = defaultdict(list)
        for term in self._holders:
            for namespace in self._named(term):
                self._repelling[namespace].append(term)
        self._repelled: dict[tuple[str, int], list[PodTerm]] = {}
        self._matching: dict[tuple[frozenset[str], Selector, Selector], list[_Group]] = {}
        self._domains_of: dict[object, tuple[frozenset[str], frozenset[str]]] = {}

    def add(self, pod: Pod, node: str) -> None:
        _count(self._group(pod).on, node, 1)
        for term in pod.spec.anti_affinity:
            _count(self._holders[term], node, 1)

    def remove(self, pod: Pod, node: str) -> None:
        _count(self._group(pod).on, node, -1)
        for term in pod.spec.anti_affinity:
            _count(self._holders[term], node, -1)

    def check(self, pod: Pod, closed: Iterable[str]) -> Check | None:
        """A function from a node's name to what forbids it (empty: nothing), or None where no rule applies.

        It holds for pods as they are now; ``closed`` are the cordoned nodes.
        """
        spec = pod.spec
        if not (spec.anti_affinity or spec.affinity or spec.spreads or self._repelled_by(pod)):
            return None
        rules = [*self._anti_affinity(pod), *self._affinity(pod), *self._spread(pod, frozenset(closed))]

        def forbids(node: str) -> str:
            labels = self._nodes[node].labels
            return next((why for rule in rules if (why := rule(labels))), "")

        return forbids

    # Rules: each is a function from a node's labels to what forbids it ----------------------------------------------

    def _anti_affinity(self, pod: Pod) -> Iterator[Callable[[Mapping[str, str]], str]]:
        for term in pod.spec.anti_affinity:
            taken = self._domains(term.topology_key, self._nodes_with(term))
            yield _not_in(term.topology_key, taken, "anti-affinity")
        for term in self._repelled_by(pod):
            taken = self._domains(term.topology_key, self._holders[term])
            yield _not_in(term.topology_key, taken, "anti-affinity of other pods")

    def _affinity(self, pod: Pod) -> Iterator[Callable[[Mapping[str, str]], str]]:
        terms = pod.spec.affinity
        places = [self._domains(term.topology_key, self._nodes_with(term)) for term in terms]
        # The first pod of a group that wants to be together may go anywhere; else it could never start.
        first = not any(places) and all(self._covers(term, pod) for term in terms)
        for term, there in zip(terms, places, strict=True):
            yield _has_key(term.topology_key) if first else _in(term.topology_key, there)

    def _spread(self, pod: Pod, closed: frozenset[str]) -> Iterator[Callable[[Mapping[str, str]], str]]:
        for spread in pod.spec.spreads:
            key = spread.topology_key
            counted, domains = self._counted(spread, pod.spec, closed)
            counts: dict[str, int] = defaultdict(int)
            own = PodTerm(key, spread.selector, frozenset([pod.namespace]), Selector(nothing=True))
            for group in self._groups_of(own):
                for name, number in group.on.items():
                    if name in counted:
                        counts[self._nodes[name].labels[key]] += number
            everywhere = len(counts) == len(domains) >= spread.min_domains
            lowest = min(counts.values(), default=0) if everywhere else 0
            itself = 1 if spread.selector.matches(pod.labels) else 0
            yield _even(key, counts, spread.max_skew + lowest - itself)

    def _counted(self, spread: Spread, spec: PodSpec, closed: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """The nodes that the spread looks at, and their domains."""
        keys = frozenset(each.topology_key for each in spec.spreads)
        selection = (spec.node_selector, spec.node_affinity) if spread.honor_affinity else None
        known = (spread.topology_key, keys, selection)
        if not spread.honor_taints and known in self._domains_of:
            return self._domains_of[known]
        names: Iterable[str] = self._fit.selects(spec) if spread.honor_affinity else self._nodes
        if spread.honor_taints:
            names = [name for name in names if name not in closed and self._fit.tolerates(spec, name)]
        counted = frozenset(name for name in names if all(key in self._nodes[name].labels for key in keys))
        found = counted, frozenset(self._nodes[name].labels[spread.topology_key] for name in counted)
        if not spread.honor_taints:  # otherwise it changes with each cordon
            self._domains_of[known] = found
        return found

    # Who is where --------------------------------------------------------------------------------------------------

    def _group(self, pod: Pod) -> _Group:
        return self._groups[pod.namespace][id(pod.labels)]

    def _nodes_with(self, term: PodTerm) -> Iterator[str]:
        """The nodes with a pod that the term is about."""
        for group in self._groups_of(term):
            yield from group.on

    def _groups_of(self, term: PodTerm) -> list[_Group]:
        key = (term.namespaces, term.namespace_selector, term.selector)
        found = self._matching.get(key)
        if found is None:
            found = self._matching[key] = [
                group
                for namespace in self._named(term)
                for group in self._groups[namespace].values()
                if term.selector.matches(group.labels)
            ]
        return found

    def _named(self, term: PodTerm) -> list[str]:
        by_labels = [n.name for n in self._namespaces.values() if term.namespace_selector.matches(n.labels)]
        return sorted({*term.namespaces, *by_labels})

    def _covers(self, term: PodTerm, pod: Pod) -> bool:
        return pod.namespace in self._named(term) and term.selector.matches(pod.labels)

    def _repelled_by(self, pod: Pod) -> list[PodTerm]:
        """The anti-affinity terms, of any pod, that are about this one."""
        key = (pod.namespace, id(pod.labels))
        found = self._repelled.get(key)
        if found is None:
            found = [term for term in self._repelling[pod.namespace] if term.selector.matches(pod.labels)]
            self._repelled[key] = found
        return found

    def _domains(self, label: str, names: Iterable[str]) -> frozenset[str]:
        nodes = self._nodes
        return frozenset({value for name in names if (value := nodes[name].labels.get(label)) is not None})


def _count(counts: dict[str, int], key: str, change: int) -> None:
    number = counts.get(key, 0) + change
    if number:
        counts[key] = number
    else:
        counts.pop(key, None)


def _not_in(key: str, taken: frozenset[str], what: str) -> Callable[[Mapping[str, str]], str]:
    return lambda labels: what if labels.get(key) in taken else ""


def _in(key: str, there: frozenset[str]) -> Callable[[Mapping[str, str]], str]:
    return lambda labels: "" if labels.get(key) in there else "affinity"


def _has_key(key: str) -> Callable[[Mapping[str, str]], str]:
    return lambda labels: "" if key in labels else "affinity"


def _even(key: str, counts: Mapping[str, int], most: int) -> Callable[[Mapping[str, str]], str]:
    def forbids(labels: Mapping[str, str]) -> str:
        domain = labels.get(key)
        return "" if domain is not None and counts.get(domain, 0) <= most else "topology spread"

    return forbids
