# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._run.entry import left_out, tags_given, too_few_forks


def test_a_play_with_all_hosts_leaves_none_out() -> None:
    assert left_out(["cp1", "w1"], ["w1", "cp1"]) == []


def test_hosts_that_a_limit_leaves_out_are_named() -> None:
    (finding,) = left_out(["cp1", "w1", "w2"], ["w1"])

    assert finding.code == "D2-RUN-005"
    assert finding.subject == "cp1, w2"
    assert "day2_nodes" in finding.remedy


def test_of_many_hosts_some_are_named() -> None:
    (finding,) = left_out([f"w{number}" for number in range(10)], [])

    assert finding.subject == "w0, w1, w2, w3, w4 and 5 more"


def test_a_run_without_tags_is_whole() -> None:
    assert tags_given(["all"], []) == []


def test_tags_are_refused_as_they_were_given() -> None:
    (finding,) = tags_given(["drain", "verify"], ["notify"])

    assert finding.code == "D2-RUN-005"
    assert "--tags drain,verify and --skip-tags notify" in finding.message


def test_as_many_forks_as_nodes_may_be_out_are_enough() -> None:
    assert too_few_forks(5, 5) == []


def test_fewer_forks_than_nodes_that_may_be_out_are_refused() -> None:
    (finding,) = too_few_forks(5, 10)

    assert finding.code == "D2-RUN-002"
    assert "--forks 11" in finding.remedy
