# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.evidence import JsonLines, read_lines


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "events.jsonl")
    lines.append({"event": "opened"})
    lines.append({"event": "admitted", "node": "w1"})

    # Not closed: the process may have been killed.
    assert [record["event"] for record in read_lines(tmp_path / "events.jsonl")] == ["opened", "admitted"]
    lines.close()


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"event": "opened"}\n{"event": "adm', encoding="utf-8")

    assert list(read_lines(tmp_path / "events.jsonl")) == [{"event": "opened"}]


def test_a_missing_file_has_no_records(tmp_path: Path) -> None:
    assert list(read_lines(tmp_path / "events.jsonl")) == []


def test_a_record_after_the_end_is_dropped(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "samples.jsonl")
    lines.close()

    lines.append({"late": True})

    assert list(read_lines(tmp_path / "samples.jsonl")) == []
