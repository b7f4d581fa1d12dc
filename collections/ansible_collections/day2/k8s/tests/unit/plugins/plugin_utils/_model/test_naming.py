# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.naming import count, shortened


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["w1"], "w1"),
        (["w1", "w2", "w3", "w4", "w5"], "w1, w2, w3, w4, w5"),
        (["w1", "w2", "w3", "w4", "w5", "w6", "w7"], "w1, w2, w3, w4, w5 and 2 more"),
    ],
)
def test_many_names_are_shortened(names: list[str], expected: str) -> None:
    assert shortened(names) == expected


def test_one_of_something_is_not_many() -> None:
    assert (count(1, "node"), count(2, "node"), count(0, "node")) == ("1 node", "2 nodes", "0 nodes")
