# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from lab.cluster.status import table


def test_a_table_lines_up_and_shows_what_is_empty() -> None:
    rows = [{"name": "a", "upgrade_to": "1.36.3"}, {"name": "longer", "upgrade_to": ""}]
    assert table(rows).splitlines() == ["NAME    UPGRADE TO", "a       1.36.3", "longer  -"]


def test_no_rows_make_no_table() -> None:
    assert table([]) == ""
