# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import redirect
from ansible_collections.day2.k8s.plugins.module_utils._host.redirect import RULES_FILE, Redirect
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

OURS = Redirect(6443, "10.96.0.1", "10.0.0.11:6444")


def _chain(rules: str, name: str) -> list[str]:
    """The rules of a chain, without its own line."""
    inside = rules.partition(f"chain {name} {{")[2].partition("\n  }")[0]
    return [line.strip() for line in inside.splitlines() if line.strip()][1:]


def test_what_arrives_and_what_the_nodes_pods_send_to_the_service_goes_to_the_peer() -> None:
    assert _chain(OURS.rules(), "prerouting") == [
        "ip daddr 10.96.0.1 tcp dport 443 counter dnat to 10.0.0.11:6444",
        "fib daddr type local tcp dport 6443 counter dnat to 10.0.0.11:6444",
    ]


def test_what_the_node_sends_to_its_own_port_stays_there() -> None:
    assert _chain(OURS.rules(), "output") == ["ip daddr 10.96.0.1 tcp dport 443 counter dnat to 10.0.0.11:6444"]


def test_answers_come_back_through_this_node() -> None:
    assert _chain(OURS.rules(), "postrouting") == [
        "ct status dnat ip daddr 10.0.0.11 tcp dport 6444 counter masquerade"
    ]


def test_another_address_family_has_its_own_words() -> None:
    rules = Redirect(6443, "fd00:96::1", "[fd00::11]:6443").rules()

    assert "table ip6 day2_isolation {" in rules
    assert "ip6 daddr fd00:96::1 tcp dport 443 counter dnat to [fd00::11]:6443" in rules
    assert "ct status dnat ip6 daddr fd00::11 tcp dport 6443" in rules


@pytest.mark.parametrize("service", [None, "fd00:96::1"])
def test_a_service_that_cannot_be_redirected_there_is_left_alone(service: str | None) -> None:
    rules = Redirect(6443, service, "10.0.0.11:6443").rules()

    assert _chain(rules, "output") == []
    assert len(_chain(rules, "prerouting")) == 1


def test_rules_replace_what_was_there_of_us_in_one_transaction(fake: FakeHost) -> None:
    fake.commands.on("nft --file")

    redirect.apply(fake.host.runner, fake.host.files, OURS)

    assert fake.commands.run == [f"nft --file {fake.root}{RULES_FILE}"]
    written = (fake.root / RULES_FILE.lstrip("/")).read_text(encoding="utf-8")
    assert written.startswith("table ip day2_isolation\ndelete table ip day2_isolation\n")


def test_the_undo_is_right_where_the_table_is_gone_already() -> None:
    assert OURS.undo_commands() == [
        ["nft", "add", "table", "ip", "day2_isolation"],
        ["nft", "delete", "table", "ip", "day2_isolation"],
    ]


@pytest.mark.parametrize(
    ("chains", "possible"),
    [
        ("type filter hook forward priority filter; policy drop;", False),
        ("type filter hook forward priority filter; policy accept;", True),
        ("type filter hook input priority filter; policy drop;", True),
        ("", True),
    ],
)
def test_a_node_that_drops_what_is_forwarded_cannot_redirect(fake: FakeHost, chains: str, possible: bool) -> None:
    fake.commands.on("nft list chains", f"table ip filter {{\n\tchain X {{\n\t\t{chains}\n\t}}\n}}\n")

    assert (redirect.impossible(fake.host.runner) is None) == possible
