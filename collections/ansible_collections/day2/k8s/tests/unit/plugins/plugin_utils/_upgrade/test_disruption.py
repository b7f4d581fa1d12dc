# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.disruption import (
    in_words,
    nodes_out,
    others_out,
    run_of,
    why_out,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import claim, journal, node, own_cordon


@pytest.mark.parametrize(
    ("ready", "cordoned", "annotations", "why"),
    [
        (True, False, {}, None),
        (False, False, {}, "not Ready"),
        (None, False, {}, "readiness unknown"),
        (True, True, {}, "cordoned by somebody else"),
        (True, True, own_cordon("r7"), "cordoned by run r7"),
        (True, False, claim("r7"), "in hand of run r7"),
        (False, True, {**claim("r7"), **own_cordon("r7")}, "not Ready, in hand of run r7"),
        # a failed step that left the node serving; and a cordon that somebody lifted
        (True, False, journal("r7", state="failed"), None),
        (True, False, own_cordon("r7"), None),
    ],
)
def test_a_node_is_out_whoever_took_it(
    ready: bool | None, cordoned: bool, annotations: Mapping[str, str], why: str | None
) -> None:
    assert why_out(node("w1", ready=ready, cordoned=cordoned, annotations=annotations)) == why


@pytest.mark.parametrize("annotations", [claim("r7"), own_cordon("r7"), journal("r7")])
def test_any_record_says_which_run_has_the_node_in_hand(annotations: Mapping[str, str]) -> None:
    assert run_of(node("w1", annotations=annotations)) == "r7"


def test_a_record_of_a_newer_schema_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="schema 99"):
        run_of(node("w1", annotations={Claim.key: '{"schema":99,"run":"r7","at":"later"}'}))


def test_the_node_itself_is_not_counted() -> None:
    nodes = {n.name: n for n in (node("w1", ready=False), node("w2", cordoned=True), node("w3"))}

    assert others_out("w1", nodes_out(nodes)) == {"w2": "cordoned by somebody else"}
    assert others_out("w3", nodes_out(nodes), not_counted=frozenset({"w2"})) == {"w1": "not Ready"}


def test_many_nodes_are_told_in_short() -> None:
    out = {f"w{number}": "not Ready" for number in range(1, 9)}

    assert in_words(out).endswith("w5 (not Ready) and 3 more")
    assert in_words({"w1": "not Ready"}) == "w1 (not Ready)"
