# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._report.findings_text import paragraphs_of


def warning(subject: str, message: str = "may not end") -> Finding:
    return Finding("D2-DRAIN-012", subject, message, "why", "look at it", Severity.WARNING)


def test_what_blocks_comes_last_where_people_look() -> None:
    blocking = Finding("D2-NODE-004", "w1", "host unreachable", "why", "ping it")

    paragraphs = paragraphs_of([blocking, warning("w2")], [])

    assert [paragraph.split()[0] for paragraph in paragraphs] == ["WARNING", "REFUSED"]


def test_warnings_with_one_cause_are_told_once() -> None:
    assert paragraphs_of([warning(f"w{number}") for number in range(3)], []) == [
        "WARNING D2-DRAIN-012  w0, w1, w2: may not end\n       look at it"
    ]


def test_more_warnings_than_one_reads_are_counted() -> None:
    paragraphs = paragraphs_of([warning(f"w{number}", f"reason {number}") for number in range(40)], [])

    assert len(paragraphs) == 16
    assert paragraphs[-1] == "... and 25 warnings more (D2-DRAIN-012), in the returned findings"
