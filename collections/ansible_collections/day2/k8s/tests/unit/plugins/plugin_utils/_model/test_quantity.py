# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.quantity import amount, millicores, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [("100m", 100), ("1", 1000), ("1.5", 1500), (".5", 500), ("0", 0), ("1u", 1), ("2k", 2_000_000)],
)
def test_cpu_is_counted_in_thousandths_of_a_core(text: str, expected: int) -> None:
    assert millicores(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("128974848", 128974848),
        ("129e6", 129_000_000),
        ("129M", 129_000_000),
        ("123Mi", 128974848),
        ("1Ti", 1024**4),
        ("1.5Gi", 1610612736),
        ("128974848000m", 128974848),
        ("100m", 1),  # a tenth of a byte is a byte
        ("1E", 10**18),
        ("1e3", 1000),
    ],
)
def test_everything_else_is_counted_in_whole_units_rounded_up(text: str, expected: int) -> None:
    assert units(text) == expected


@pytest.mark.parametrize("text", ["", "1 Gi", "GiB", "1Kb", "--1"])
def test_what_is_no_quantity_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        units(text)


def test_the_resource_decides_the_unit() -> None:
    assert (amount("cpu", 2), amount("memory", "2"), amount("example.com/gpu", 2)) == (2000, 2, 2)
