# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.scheduling import NodeTerm, node_terms

LABELS = {"disk": "ssd", "cores": "8"}


@pytest.mark.parametrize(
    ("requirement", "matches"),
    [
        ({"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}, True),
        ({"key": "disk", "operator": "NotIn", "values": ["ssd"]}, False),
        ({"key": "gpu", "operator": "NotIn", "values": ["a100"]}, True),
        ({"key": "disk", "operator": "Exists"}, True),
        ({"key": "gpu", "operator": "DoesNotExist"}, True),
        ({"key": "cores", "operator": "Gt", "values": ["4"]}, True),
        ({"key": "cores", "operator": "Gt", "values": ["8"]}, False),
        ({"key": "cores", "operator": "Lt", "values": ["9"]}, True),
        ({"key": "disk", "operator": "Gt", "values": ["4"]}, False),
        ({"key": "gpu", "operator": "Lt", "values": ["4"]}, False),
    ],
)
def test_a_condition_is_compared_as_its_operator_says(requirement: dict[str, Any], matches: bool) -> None:
    assert NodeTerm.from_api({"matchExpressions": [requirement]}).matches("w1", LABELS) is matches


def test_a_term_may_name_the_node_and_an_empty_one_matches_none() -> None:
    named = NodeTerm.from_api({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["w1"]}]})

    assert (named.matches("w1", {}), named.matches("w2", {}), NodeTerm().matches("w1", LABELS)) == (True, False, False)


def test_no_selector_is_no_condition_and_one_without_terms_matches_none() -> None:
    assert node_terms(None) is None
    assert node_terms({"nodeSelectorTerms": []}) == ()
