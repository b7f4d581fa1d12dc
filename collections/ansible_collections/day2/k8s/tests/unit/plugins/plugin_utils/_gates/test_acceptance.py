# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.acceptance import apply, parse
from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Severity

TODAY = date(2026, 3, 1)
ENTRY = {"code": "D2-DRAIN-002", "subject": "shop/web-1", "reason": "ticket 7", "expires": "2026-03-01"}
ACCEPTANCE = Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", TODAY)


def finding(code: str, subject: str, severity: Severity = Severity.BLOCKING) -> Finding:
    return Finding(code, subject, "message", "why", "remedy", severity)


@pytest.mark.parametrize("expires", ["2026-03-01", date(2026, 3, 1)])
def test_an_acceptance_holds_up_to_its_last_day(expires: Any) -> None:
    assert parse([{**ENTRY, "expires": expires}], today=TODAY) == ((ACCEPTANCE,), ())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires": "2026-02-28"}, "expired on 2026-02-28"),
        ({"expires": "soon"}, "not a day such as"),
        ({"expires": ""}, "expires missing"),
        ({"reason": "  "}, "reason missing"),
        ({"subject": None}, "subject missing"),
        ({"code": "D2-NOPE-001"}, "not a code"),
        ({"code": "D2-ETCD-003"}, "cannot be accepted"),
    ],
)
def test_an_acceptance_that_does_not_hold_is_refused(changes: dict[str, Any], words: str) -> None:
    acceptances, (refusal,) = parse([ENTRY, {**ENTRY, **changes}], today=TODAY)

    assert acceptances == (Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", TODAY),)
    assert (refusal.code, refusal.subject) == ("D2-INPUT-002", "day2_accept[1]")
    assert words in refusal.message


def test_the_finding_named_by_code_and_subject_is_accepted() -> None:
    named, other = finding("D2-DRAIN-002", "shop/web-1"), finding("D2-DRAIN-002", "shop/web-2")

    remaining, accepted = apply([named, other], [ACCEPTANCE])

    assert remaining == (other,)
    assert [(entry.finding, entry.acceptance) for entry in accepted] == [(named, ACCEPTANCE)]
    assert accepted[0].to_dict()["accepted"]["reason"] == "ticket 7"


def test_what_may_not_be_accepted_never_is() -> None:
    unacceptable = finding("D2-ETCD-003", "cp1")
    acceptance = Acceptance("D2-ETCD-003", "cp1", "made by hand", TODAY)

    assert apply([unacceptable], [acceptance]) == ((unacceptable,), ())


def test_warnings_need_no_acceptance() -> None:
    warning = finding("D2-DRAIN-002", "shop/web-1", Severity.WARNING)

    assert apply([warning], [ACCEPTANCE]) == ((warning,), ())
