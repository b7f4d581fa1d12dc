# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Occupancy, Pool
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import node

NODES = {
    n.name: n
    for n in (
        node("db1", zone="a", labels={"pool": "db", "disk": "ssd"}),
        node("db2", zone="b", labels={"pool": "db"}),
        node("web1", zone="a"),
        node("web2"),
    )
}
POOLS = (Pool("ssd", "disk=ssd", 1), Pool("db", "pool=db", 1))


def test_a_node_is_of_the_first_pool_that_holds_it() -> None:
    limits = Limits(1, POOLS)

    assert [limits.pool_of(n) for n in NODES.values()] == ["ssd", "db", "", ""]


def test_a_selector_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="pool=\\(\\("):
        Pool("db", "pool=((", 1)


def test_what_is_out_fills_the_cluster_and_a_node_that_is_out_itself_does_not_count_twice() -> None:
    occupancy = Occupancy(Limits(2), NODES, ["db1", "db1", "gone"])

    assert occupancy.full("web1") == "2 nodes out, at most 2 may be"
    assert occupancy.full("db1") is None


def test_a_pool_is_filled_by_its_own_nodes() -> None:
    occupancy = Occupancy(Limits(9, (Pool("db", "pool=db", 1),)), NODES, ["web1"])

    assert occupancy.stop("db1") is None
    occupancy.take("db1")

    assert occupancy.stop("db2") == "1 node of pool db out, at most 1 may be"
    assert occupancy.stop("db1") is None
    assert occupancy.stop("web2") is None


def test_zones_go_one_at_a_time_where_they_are_to() -> None:
    occupancy = Occupancy(Limits(9, one_zone_at_a_time=True), NODES, ["db1"])

    assert occupancy.stop("db2") == "zone a has nodes out, and zones go one at a time"
    assert occupancy.stop("web1") is None
    assert occupancy.stop("web2") is None, "a node of no zone is in nobody's way"
    assert Occupancy(Limits(9), NODES, ["db1"]).stop("db2") is None


def test_limits_travel_as_plain_data() -> None:
    limits = Limits(3, POOLS, one_zone_at_a_time=True)

    assert Limits.from_dict(limits.to_dict()) == limits
