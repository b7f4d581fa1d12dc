# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Host
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.identity import Matching, match, select
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import host, node

SAME = "a" * 32


def matching(
    hosts: Iterable[Host],
    nodes: Iterable[Node],
    *,
    selected: Iterable[str] | None = None,
    excluded: Iterable[str] = (),
) -> Matching:
    by_name = {h.name: h for h in hosts}
    return match(
        by_name,
        {n.name: n for n in nodes},
        selected=frozenset(by_name if selected is None else selected),
        excluded=frozenset(excluded),
    )


def told(result: Matching) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in result.findings]


def test_hosts_and_nodes_with_equal_machine_ids_match_by_node_name() -> None:
    result = matching([host("w1.example.com", node_name="w1"), host("w2")], [node("w1"), node("w2")])

    assert told(result) == []
    assert {name: h.name for name, h in result.hosts.items()} == {"w1": "w1.example.com", "w2": "w2"}


@pytest.mark.parametrize(
    ("on_host", "in_node", "same"),
    [
        ("4c4c4544004d3510804bb4c04f513532", "4c4c4544004d3510804bb4c04f513532", True),
        ("4C4C4544-004D-3510-804B-B4C04F513532\n", "4c4c4544004d3510804bb4c04f513532", True),
        ("4c4c4544004d3510804bb4c04f513532", "00000000000000000000000000000001", False),
    ],
)
def test_machine_ids_are_compared_by_what_they_mean(on_host: str, in_node: str, same: bool) -> None:
    result = matching([host("w1", machine_id=on_host)], [node("w1", machine_id=in_node)])

    assert told(result) == ([] if same else [("D2-NODE-003", "w1")])


def test_a_host_without_a_node_is_refused() -> None:
    result = matching([host("w1"), host("w2")], [node("w1")])

    assert told(result) == [("D2-NODE-001", "w2")]


def test_a_host_whose_machine_is_another_node_is_told_the_name_to_set() -> None:
    result = matching([host("web-7", machine_id=SAME)], [node("ip-10-0-0-7", machine_id=SAME)])

    assert ("D2-NODE-001", "web-7") in told(result)
    assert "day2_node_name: ip-10-0-0-7" in result.findings[0].remedy


def test_a_node_without_a_host_is_refused_unless_it_is_excluded() -> None:
    hosts, nodes = [host("w1")], [node("w1"), node("w2")]

    assert told(matching(hosts, nodes)) == [("D2-NODE-002", "w2")]
    assert told(matching(hosts, nodes, excluded=["w2"])) == []


def test_hosts_that_are_not_selected_need_neither_a_node_nor_a_proof() -> None:
    hosts = [host("w1"), host("spare"), host("w2", machine_id="f" * 32)]

    assert told(matching(hosts, [node("w1"), node("w2")], selected=["w1"])) == []


def test_swapped_hosts_are_refused_naming_whose_machine_each_is() -> None:
    first, second = node("w1"), node("w2")
    hosts = [host("w1", machine_id=second.machine_id), host("w2", machine_id=first.machine_id)]

    result = matching(hosts, [first, second])

    assert told(result) == [("D2-NODE-003", "w1"), ("D2-NODE-003", "w2")]
    assert "that is the machine of Node w2" in result.findings[0].message


def test_two_hosts_for_one_node_are_refused() -> None:
    result = matching([host("w1"), host("w1-old", node_name="w1")], [node("w1")])

    assert told(result) == [("D2-NODE-003", "w1-old")]


@pytest.mark.parametrize(
    ("addresses", "agrees"), [(("10.0.0.1", "192.0.2.1"), True), (("10.0.0.2",), False), ((), False)]
)
def test_with_repeated_machine_ids_name_and_internal_ip_have_to_agree(addresses: tuple[str, ...], agrees: bool) -> None:
    nodes = [node("w1", machine_id=SAME, ip="10.0.0.1"), node("w2", machine_id=SAME, ip="10.0.0.2")]
    hosts = [host("w1", machine_id=SAME, addresses=addresses), host("w2", machine_id=SAME, addresses=("10.0.0.2",))]

    assert told(matching(hosts, nodes)) == ([] if agrees else [("D2-NODE-003", "w1")])


def test_a_machine_id_repeated_among_nodes_left_out_proves_nothing_either() -> None:
    nodes = [node("w1", machine_id=SAME), node("w2", machine_id=SAME)]

    result = matching([host("w1", machine_id=SAME, addresses=())], nodes, excluded=["w2"])

    assert told(result) == [("D2-NODE-003", "w1")]


def test_an_empty_machine_id_proves_nothing() -> None:
    nodes = [node("w1", machine_id="")]

    assert told(matching([host("w1", machine_id="")], nodes)) == []
    assert told(matching([host("w1", machine_id="", addresses=())], nodes)) == [("D2-NODE-003", "w1")]


def test_a_host_that_did_not_answer_is_matched_by_its_name() -> None:
    result = matching([host("w1", reachable=False)], [node("w1")])

    assert told(result) == []
    assert not result.hosts["w1"].reachable


def test_without_names_every_host_is_selected() -> None:
    assert select({"a": host("a"), "b": host("b")}, ()) == (frozenset({"a", "b"}), ())


def test_hosts_are_selected_by_inventory_name_or_node_name() -> None:
    hosts = {"w1.example.com": host("w1.example.com", node_name="w1"), "w2": host("w2")}

    assert select(hosts, ["w1", "w2"]) == (frozenset({"w1.example.com", "w2"}), ())


def test_an_unknown_name_is_refused_naming_what_is_near() -> None:
    hosts = {name: host(name) for name in ("worker-1", "worker-2", "cp1")}

    selected, (finding,) = select(hosts, ["worker1", "cp1"])

    assert selected == {"cp1"}
    assert (finding.code, finding.subject) == ("D2-INPUT-002", "day2_nodes")
    assert "worker-1" in finding.message
