# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.certificates import Certificates
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, Verdict
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Certificate
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, control_plane_host

PKI = "/etc/kubernetes/pki"


def _evaluate(not_after: str, *, authority: bool = False) -> Verdict:
    certificate = Certificate(f"{PKI}/{'ca' if authority else 'apiserver'}.crt", not_after, authority)
    hosts = {"cp1": replace(control_plane_host("cp1"), certificates=(certificate,))}
    return Certificates().evaluate(replace(cluster(), taken_at="2026-08-07T10:00:00Z", hosts=hosts))


@pytest.mark.parametrize(
    ("not_after", "authority", "codes", "outcome"),
    [
        ("2027-08-01T10:00:00Z", False, [], Outcome.PASS),
        ("2026-09-01T10:00:00Z", False, ["D2-CERT-002"], Outcome.PASS),
        ("2026-08-07T10:00:00Z", False, ["D2-CERT-001"], Outcome.FAIL),
        ("2030-08-01T10:00:00Z", True, [], Outcome.PASS),
        ("2027-08-01T10:00:00Z", True, ["D2-CERT-002"], Outcome.PASS),
        ("2026-08-01T10:00:00Z", True, ["D2-CERT-001"], Outcome.FAIL),
    ],
)
def test_what_is_expired_refuses_and_what_ends_soon_warns(
    not_after: str, authority: bool, codes: list[str], outcome: Outcome
) -> None:
    verdict = _evaluate(not_after, authority=authority)

    assert [finding.code for finding in verdict.findings] == codes
    assert verdict.outcome is outcome


def test_a_host_that_tells_of_none_is_not_judged() -> None:
    assert Certificates().evaluate(cluster()).outcome is Outcome.PASS
