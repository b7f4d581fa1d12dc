# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._report.refusal import render

ETCD = Finding(
    code="D2-ETCD-003",
    subject="cp3",
    message="etcd member cp1 is not healthy (linearizable read timed out, 3 of 3 tries, 5 s)",
    why="taking cp3 leaves 1 of 3 voters; quorum needs 2",
    remedy="look at etcd on cp1 (docs/codes.md#d2-etcd-003), then run the same command again",
)
POD = Finding(
    code="D2-DRAIN-002",
    subject="shop/web-1",
    message="pod has no controller",
    why="nothing would create it again",
    remedy="give it a controller",
)


def test_a_refusal_says_what_why_in_which_state_what_to_do_and_whether_it_can_be_accepted() -> None:
    assert render([ETCD], state="no node changed; lock released").splitlines() == [
        "REFUSED D2-ETCD-003  cp3: etcd member cp1 is not healthy (linearizable read timed out, 3 of 3 tries, 5 s)",
        "why    taking cp3 leaves 1 of 3 voters; quorum needs 2",
        "state  no node changed; lock released",
        "do     look at etcd on cp1 (docs/codes.md#d2-etcd-003), then run the same command again",
        "accept not possible",
    ]


def test_what_can_be_accepted_says_how_and_where_the_code_is_explained() -> None:
    text = render([POD], state="nothing was changed")

    assert "do     give it a controller (docs/codes.md#d2-drain-002)" in text
    assert 'accept day2_accept: [{code: D2-DRAIN-002, subject: "shop/web-1", reason: "<why>", expires:' in text


def test_several_findings_are_several_blocks_with_one_state() -> None:
    text = render([ETCD, POD], state="nothing was changed")

    first, second, state = text.split("\n\n")
    assert first.startswith("REFUSED D2-ETCD-003  cp3: ")
    assert second.startswith("REFUSED D2-DRAIN-002  shop/web-1: ")
    assert state == "state  nothing was changed"


def test_what_came_to_nothing_after_it_began_is_headed_as_failed_and_warnings_as_such() -> None:
    warning = Finding("D2-NODE-007", "w2", "worker is not Ready", "why", "do", Severity.WARNING)

    text = render([POD, warning], state="node cordoned", word="FAILED")

    assert text.startswith("FAILED D2-DRAIN-002  shop/web-1: ")
    assert "WARNING D2-NODE-007  w2: worker is not Ready" in text


def test_lines_of_a_message_stay_out_of_the_column_of_words() -> None:
    finding = Finding("D2-KUBEADM-001", "cp1", "kubeadm failed:\nline one\nline two", "why", "do")

    assert render([finding], state="as it was").splitlines()[1:3] == ["       line one", "       line two"]
