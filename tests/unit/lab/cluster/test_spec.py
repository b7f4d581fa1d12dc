# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from lab.cluster.spec import gateway, make_nodes, make_spec
from lab.errors import LabError


def test_zones_go_round_for_control_planes_and_for_workers_each() -> None:
    spec = make_spec("demo", version="1.35.4", control_planes=3, workers=4, zones="a,b,c")
    nodes = make_nodes(spec, "10.200.0.0/16", ["id"] * 7)
    assert [(node.name, node.zone) for node in nodes] == [
        ("demo-cp1", "a"),
        ("demo-cp2", "b"),
        ("demo-cp3", "c"),
        ("demo-w1", "a"),
        ("demo-w2", "b"),
        ("demo-w3", "c"),
        ("demo-w4", "a"),
    ]


def test_addresses_and_pod_networks_never_collide() -> None:
    spec = make_spec("demo", version="1.35.4", control_planes=3, workers=50)
    nodes = make_nodes(spec, "10.200.0.0/16", [f"id{number}" for number in range(53)])
    assert len({node.address for node in nodes} | {gateway("10.200.0.0/16")}) == 54
    assert len({node.pod_subnet for node in nodes}) == 53
    assert all(node.address.startswith("10.200.0.") for node in nodes)
    assert "10.200.0.0/24" not in {node.pod_subnet for node in nodes}


def test_without_an_upgrade_the_target_is_the_version_itself() -> None:
    assert make_spec("demo", version="v1.35.4").upgrade_to == "1.35.4"


@pytest.mark.parametrize("name", ["", "Demo", "1st", "a_b", "-a", "a-", "much-too-long-name", "../etc"])
def test_a_name_that_does_not_fit_into_host_names_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="is not a cluster name"):
        make_spec(name, version="1.35.4")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "1.35"}, "--version: '1.35' is not an exact version"),
        ({"version": "1.36.3", "upgrade_to": "1.35.4"}, "older than"),
        ({"version": "1.35.4", "control_planes": 2}, "--control-planes 2"),
        ({"version": "1.35.4", "workers": -1}, "--workers -1"),
        ({"version": "1.35.4", "workers": 51}, "--workers 51"),
        ({"version": "1.35.4", "zones": "a,,b"}, "'' is not a zone name"),
        ({"version": "1.35.4", "zones": "A"}, "'A' is not a zone name"),
    ],
)
def test_a_bad_option_is_refused_by_name_and_with_a_remedy(options: dict[str, Any], message: str) -> None:
    with pytest.raises(LabError, match="is") as caught:
        make_spec("demo", **options)
    assert message in str(caught.value)
    assert caught.value.remedy
