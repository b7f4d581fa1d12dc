# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._report.grouping import grouped
from ansible_collections.day2.k8s.plugins.plugin_utils._report.refusal import render


def missing(host: str, version: str = "1.36.3") -> Finding:
    return Finding(
        "D2-PACKAGE-001", host, f"no kubelet {version}", "it would be drained", f"ansible -m ping {host}; then again"
    )


def test_the_same_of_many_subjects_is_one_group_with_the_subjects_named() -> None:
    (group,) = grouped(missing(f"w{number}") for number in range(1, 8))

    assert group.told.subject == "w1, w2, w3, w4, w5 and 2 more"
    assert group.told.remedy == "ansible -m ping <name>; then again"
    assert len(group.subjects) == 7


def test_another_cause_another_code_or_another_weight_is_another_group() -> None:
    findings = [
        missing("w1"),
        missing("w2", "1.36.4"),
        Finding("D2-NODE-004", "w1", "no kubelet 1.36.3", "it would be drained", "ansible -m ping w1; then again"),
        Finding("D2-PACKAGE-001", "w3", "no kubelet 1.36.3", "it would be drained", "again", Severity.WARNING),
    ]

    assert [group.subjects for group in grouped(findings)] == [("w1",), ("w2",), ("w1",), ("w3",)]


def test_a_single_finding_is_told_as_it_is() -> None:
    (group,) = grouped([missing("w1")])

    assert group.told == missing("w1")


def test_a_name_within_another_name_is_left_alone() -> None:
    findings = [
        Finding("D2-NODE-004", name, f"{name} of {name}0.example.com, not {name}-b", "why", "do") for name in ("w1",)
    ]
    findings.append(Finding("D2-NODE-004", "w2", "w2 of w10.example.com, not w1-b", "why", "do"))

    (group,) = grouped(findings)

    assert group.told.message == "<name> of w10.example.com, not w1-b"


def test_a_refusal_is_one_block_for_each_cause() -> None:
    accepted = [Finding("D2-DRAIN-002", f"shop/web-{n}", "has no controller", "why", "delete it") for n in (1, 2)]

    text = render([*(missing(f"w{n}") for n in (1, 2, 3)), *accepted], state="nothing was changed")

    assert text.count("REFUSED") == 2
    assert "REFUSED D2-PACKAGE-001  w1, w2, w3: no kubelet 1.36.3" in text
    assert 'subject: "shop/web-1", reason: "<why>", expires: "<YYYY-MM-DD>"}], and so for each of the 2' in text
