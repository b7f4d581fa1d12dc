# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._run.variables import unknown_variables


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("day2_kubernetes_verison", "day2_kubernetes_version"),
        ("day2_exclude_nodes", "day2_excluded_nodes"),
        ("day2_max_unavailabe", "day2_max_unavailable"),
    ],
)
def test_a_misspelt_variable_is_refused_naming_the_one_meant(name: str, meant: str) -> None:
    (finding,) = unknown_variables([name])

    assert (finding.code, finding.subject) == ("D2-INPUT-001", name)
    assert f"did you mean {meant}?" in finding.message


def test_a_variable_like_no_other_is_refused_without_a_guess() -> None:
    (finding,) = unknown_variables(["day2_zzz"])

    assert "did you mean" not in finding.message


def test_known_variables_and_those_of_others_are_not_its_business() -> None:
    assert unknown_variables(["day2_nodes", "day2_host", "ansible_host", "my_day2_thing", "kube_version"]) == []


def test_each_name_is_told_once_however_many_hosts_have_it() -> None:
    assert [f.subject for f in unknown_variables(["day2_b", "day2_a", "day2_b"])] == ["day2_a", "day2_b"]
