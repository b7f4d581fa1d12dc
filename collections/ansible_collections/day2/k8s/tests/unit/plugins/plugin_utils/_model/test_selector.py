# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector

LABELS = {"pool": "db", "zone": "a", "node-role.kubernetes.io/worker": ""}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("pool=db", True),
        ("pool==db", True),
        ("pool=web", False),
        ("pool!=web", True),
        ("pool!=db", False),
        ("missing!=anything", True),
        ("zone in (a, b)", True),
        ("zone in (b,c)", False),
        ("zone notin (b,c)", True),
        ("missing notin (a)", True),
        ("node-role.kubernetes.io/worker", True),
        ("node-role.kubernetes.io/worker=", True),
        ("!spot", True),
        ("! pool", False),
        ("pool=db, zone in (a,b), !spot", True),
        ("pool=db,zone in (b,c)", False),
    ],
)
def test_a_selector_in_kubectls_notation(text: str, matches: bool) -> None:
    assert Selector.parse(text).matches(LABELS) is matches


@pytest.mark.parametrize("text", ["pool=", "zone in (a,)"])
def test_an_empty_value_is_a_value(text: str) -> None:
    assert Selector.parse(text).matches({"pool": "", "zone": ""})


@pytest.mark.parametrize("text", ["pool = = db", "zone in a,b", "pool>3", "a b", "zone in (a", ","])
def test_a_wrong_selector_is_refused_naming_the_part(text: str) -> None:
    with pytest.raises(ValueError, match="is not a label requirement"):
        Selector.parse(text)


@pytest.mark.parametrize(
    ("raw", "matches"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"pool": "db"}}, True),
        ({"matchLabels": {"pool": "db", "zone": "b"}}, False),
        ({"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}, True),
        ({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}, False),
        ({"matchExpressions": [{"key": "spot", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "pool", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "pool", "operator": "Near", "values": ["db"]}]}, False),
    ],
)
def test_a_selector_as_the_api_gives_it(raw: dict[str, Any] | None, matches: bool) -> None:
    assert Selector.from_api(raw).matches(LABELS) is matches
