# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod_spec import PodSpec, total_requests


def container(cpu: str, **fields: Any) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}}, **fields}


def sidecar(cpu: str) -> dict[str, Any]:
    return container(cpu, restartPolicy="Always")


@pytest.mark.parametrize(
    ("spec", "millicores"),
    [
        ({"containers": [container("1"), container("500m")]}, 1500),
        ({"containers": [container("1")], "initContainers": [container("3"), container("2")]}, 3000),
        ({"containers": [container("2")], "initContainers": [container("1")]}, 2000),
        ({"containers": [container("1")], "initContainers": [sidecar("1"), container("3")]}, 4000),
        ({"containers": [container("1")], "initContainers": [container("3"), sidecar("1")]}, 3000),
        ({"containers": [container("1")], "initContainers": [sidecar("1"), sidecar("1")]}, 3000),
        ({"containers": [container("1")], "overhead": {"cpu": "250m"}}, 1250),
        ({"containers": [container("1")], "resources": {"requests": {"cpu": "2"}}, "overhead": {"cpu": "1"}}, 3000),
    ],
)
def test_requests_are_summed_as_the_scheduler_does(spec: dict[str, Any], millicores: int) -> None:
    assert total_requests(spec)["cpu"] == millicores


def test_every_pod_takes_a_place_of_its_own() -> None:
    assert PodSpec.from_api({"containers": [{}]}, "shop", {}).requests == (("pods", 1),)


def test_host_ports_are_those_of_containers_and_sidecars() -> None:
    ports = [{"containerPort": 80, "hostPort": 80}, {"containerPort": 81}, {"hostPort": 53, "protocol": "UDP"}]
    spec = PodSpec.from_api(
        {
            "containers": [{"ports": ports}],
            "initContainers": [
                {"ports": [{"hostPort": 1}]},
                {"restartPolicy": "Always", "ports": [{"hostPort": 2, "hostIP": "10.0.0.1"}]},
            ],
        },
        "shop",
        {},
    )

    assert spec.host_ports == (("TCP", "0.0.0.0", 80), ("TCP", "10.0.0.1", 2), ("UDP", "0.0.0.0", 53))


def test_only_hard_rules_are_read() -> None:
    soft = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}
    spec = PodSpec.from_api(
        {
            "affinity": {"nodeAffinity": soft, "podAffinity": soft, "podAntiAffinity": soft},
            "topologySpreadConstraints": [{"whenUnsatisfiable": "ScheduleAnyway"}],
        },
        "shop",
        {},
    )

    assert (spec.node_affinity, spec.affinity, spec.anti_affinity, spec.spreads) == (None, (), (), ())


def test_an_affinity_is_about_the_pods_own_namespace_unless_it_says_otherwise() -> None:
    def namespaces(**term: Any) -> tuple[frozenset[str], bool]:
        terms = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", **term}]}
        found = PodSpec.from_api({"affinity": {"podAffinity": terms}}, "shop", {}).affinity[0]
        return found.namespaces, found.namespace_selector.nothing

    assert namespaces() == (frozenset(["shop"]), True)
    assert namespaces(namespaces=["a"]) == (frozenset(["a"]), True)
    assert namespaces(namespaceSelector={}) == (frozenset(), False)


def test_the_values_of_match_label_keys_narrow_a_spread() -> None:
    constraint = {
        "topologyKey": "zone",
        "maxSkew": 1,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
        "matchLabelKeys": ["pod-template-hash", "absent"],
    }
    labels = {"app": "web", "pod-template-hash": "1"}
    spread = PodSpec.from_api({"topologySpreadConstraints": [constraint]}, "shop", labels).spreads[0]

    assert spread.selector.matches(labels)
    assert not spread.selector.matches({**labels, "pod-template-hash": "2"})
    assert (spread.min_domains, spread.honor_affinity, spread.honor_taints) == (1, True, False)
