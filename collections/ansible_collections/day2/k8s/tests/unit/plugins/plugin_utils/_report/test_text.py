# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._report.text import WIDTH, columns, span, without_empty, wrapped


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (5.0, 5.0, "5 s"),
        (0.0, 32.0, "0-32 s"),
        (50.0, 119.0, "50-119 s"),
        (180.0, 390.0, "3-6 min"),
        (3600.0, 7199.0, "60-120 min"),
        (5400.0, 10800.0, "1.5-3.0 h"),
    ],
)
def test_a_time_is_told_in_the_unit_that_people_would_use(low: float, high: float, expected: str) -> None:
    assert span({"low": low, "high": high}) == expected


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "b"), ("long", "c")]) == ["a     b", "long  c"]


def test_a_column_without_anything_in_it_is_left_away() -> None:
    assert without_empty([("#", "zone", "node"), ("1", "-", "w1")]) == [("#", "node"), ("1", "w1")]


def test_long_lines_are_continued_below_and_short_ones_left_alone() -> None:
    text = wrapped("short\n" + "word " * 60)

    first, *others = text.split("\n")
    assert first == "short"
    assert all(len(line) <= WIDTH for line in others)
    assert others[1].startswith(" " * 7 + "word")


def test_a_word_that_is_too_long_is_not_broken() -> None:
    assert "x" * 200 in wrapped("x" * 200)
