# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.migrations import missed_by, unwanted_kubelet_flags
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import version

PAUSE = "pod-infra-container-image"


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
    assert missed_by(version(kubelet), version(target)) == ([PAUSE] if missed else [])


def test_a_flag_is_unwanted_from_the_minor_on_whose_kubelet_does_not_know_it() -> None:
    assert unwanted_kubelet_flags(version("1.34.8")) == []
    assert unwanted_kubelet_flags(version("1.35.0")) == [PAUSE]
    assert unwanted_kubelet_flags(version("1.37.0")) == [PAUSE]
