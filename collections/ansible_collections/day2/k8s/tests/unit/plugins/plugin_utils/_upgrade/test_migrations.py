# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.migrations import missed_migrations
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import node, version


@pytest.mark.parametrize(
    ("kubelet", "target", "missed"),
    [
        ("1.34.8", "1.36.3", True),
        ("1.33.2", "1.36.0", True),
        # the target's own kubeadm does it
        ("1.33.2", "1.35.4", False),
        ("1.34.8", "1.35.4", False),
        # it was done before
        ("1.35.4", "1.36.3", False),
        ("1.35.4", "1.37.1", False),
    ],
)
def test_only_a_jump_over_its_minor_misses_a_migration(kubelet: str, target: str, missed: bool) -> None:
    findings = missed_migrations([node("w1", kubelet=kubelet)], version(target))

    assert [(f.code, f.subject) for f in findings] == ([("D2-VERSION-005", "w1")] if missed else [])


def test_the_finding_says_what_is_missed_and_that_a_person_may_have_done_it() -> None:
    (finding,) = missed_migrations([node("w1", kubelet="1.34.8")], version("1.36.3"))

    assert "--pod-infra-container-image" in finding.message
    assert "1.35 release first" in finding.remedy
    assert finding.acceptable
