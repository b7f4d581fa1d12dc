# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.control_plane import ControlPlane, parse_components
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.path import find_path, kubelet_skew
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    control_plane_node,
    node,
    static_pods,
    version,
)


def control_plane(config: str, **tags_of_nodes: Mapping[str, str]) -> ControlPlane:
    return ControlPlane({name: parse_components(tags) for name, tags in tags_of_nodes.items()}, version(config))


def all_at(running: str, *names: str) -> ControlPlane:
    return control_plane(running, **{name: static_pods(running) for name in names or ("cp1", "cp2", "cp3")})


@pytest.mark.parametrize(
    ("observed", "target", "hops"),
    [
        (all_at("1.35.4"), "1.36.3", ["1.35.4 -> 1.36.3"]),
        (all_at("1.35.4"), "1.35.9", ["1.35.4 -> 1.35.9"]),
        (all_at("1.36.3"), "1.36.3", []),
        # kubeadm was cut short after the first node, or within it; what is oldest counts
        (control_plane("1.36.3", cp1=static_pods("1.36.3"), cp2=static_pods("1.35.4")), "1.36.3", ["1.35.4 -> 1.36.3"]),
        (control_plane("1.35.4", cp1=static_pods("1.36.3", kube_scheduler="1.35.4")), "1.36.3", ["1.35.4 -> 1.36.3"]),
        # only kubeadm-config was not written any more
        (control_plane("1.35.4", cp1=static_pods("1.36.3")), "1.36.3", ["1.35.4 -> 1.36.3"]),
        # no manifest could be seen: the cluster's configuration counts
        (control_plane("1.35.4", cp1={}), "1.36.3", ["1.35.4 -> 1.36.3"]),
    ],
)
def test_the_path_leads_from_the_oldest_version_observed(observed: ControlPlane, target: str, hops: list[str]) -> None:
    path = find_path(observed, version(target))

    assert [str(hop) for hop in path.hops] == hops
    assert path.findings == ()


@pytest.mark.parametrize(
    ("observed", "target", "code", "words"),
    [
        (all_at("1.36.3"), "1.35.4", "D2-VERSION-001", "already runs 1.36.3"),
        (all_at("1.36.3"), "1.36.2", "D2-VERSION-001", "already runs 1.36.3"),
        (
            control_plane("1.35.4", cp1=static_pods("1.35.4"), cp2=static_pods("1.36.3")),
            "1.35.9",
            "D2-VERSION-001",
            "1.36.3 (kube-scheduler on cp2)",
        ),
        (all_at("1.36.0"), "1.36.0-rc.1", "D2-VERSION-001", "already runs 1.36.0"),
        (all_at("1.34.8"), "1.36.3", "D2-VERSION-002", "the control plane runs 1.34.8"),
        (control_plane("1.35.4", cp1=static_pods("1.34.8")), "1.36.3", "D2-VERSION-002", "kube-apiserver on cp1"),
        (all_at("1.36.3"), "2.0.0", "D2-VERSION-002", "more than one minor ahead"),
    ],
)
def test_a_target_that_cannot_be_reached_is_refused(observed: ControlPlane, target: str, code: str, words: str) -> None:
    path = find_path(observed, version(target))

    assert path.hops == ()
    assert [finding.code for finding in path.findings] == [code]
    assert words in path.findings[0].message


def test_a_skipped_minor_names_the_one_to_go_to_first() -> None:
    (finding,) = find_path(all_at("1.34.8"), version("1.36.3")).findings

    assert "day2_kubernetes_version: 1.35.x" in finding.remedy
    assert "1.36.3" in finding.remedy


def test_components_more_than_a_minor_apart_are_refused() -> None:
    observed = control_plane("1.36.3", cp1=static_pods("1.36.3", kube_scheduler="1.34.8"))

    (finding,) = find_path(observed, version("1.36.3")).findings

    assert finding.code == "D2-VERSION-002"
    assert "kube-scheduler on cp1" in finding.message


@pytest.mark.parametrize(
    ("kubelet", "target", "planned", "words"),
    [
        ("1.33.2", "1.36.3", True, None),
        ("1.33.2", "1.36.3", False, None),
        ("1.32.9", "1.36.3", False, "with apiserver 1.36.3 it has to be 1.33 or newer"),
        # it would be too old from the control plane's upgrade to its own
        ("1.32.9", "1.36.3", True, "with apiserver 1.36.3 it has to be 1.33 or newer"),
        ("1.37.0", "1.36.3", True, "the target 1.36.3 is older"),
        ("1.37.0", "1.36.3", False, "the target 1.36.3 is older"),
        ("1.36.4", "1.36.3", True, "the target 1.36.3 is older"),
        # a newer patch of the same minor is supported, and is nobody's business when it is not selected
        ("1.36.4", "1.36.3", False, None),
    ],
)
def test_a_kubelet_outside_the_supported_skew_is_refused(
    kubelet: str, target: str, planned: bool, words: str | None
) -> None:
    observed = all_at("1.35.4", "cp1")
    nodes = [control_plane_node("cp1"), node("w1", kubelet=kubelet)]

    findings = kubelet_skew(nodes, observed, version(target), frozenset({"cp1", "w1"} if planned else {"cp1"}))

    assert [finding.code for finding in findings] == (["D2-VERSION-003"] if words else [])
    assert all(words in finding.message for finding in findings if words)


def test_a_worker_far_behind_may_catch_up_with_a_control_plane_that_stays() -> None:
    nodes = [control_plane_node("cp1", kubelet="1.36.3"), node("w1", kubelet="1.31.0")]

    assert kubelet_skew(nodes, all_at("1.36.3", "cp1"), version("1.36.3"), frozenset({"w1"})) == []


def test_a_worker_is_not_taken_past_a_control_plane_that_is_left_out() -> None:
    observed = control_plane("1.36.3", cp1=static_pods("1.36.3"), cp2=static_pods("1.35.4"))
    nodes = [control_plane_node("cp1", kubelet="1.36.3"), control_plane_node("cp2"), node("w1")]

    (finding,) = kubelet_skew(nodes, observed, version("1.36.3"), frozenset({"w1"}))

    assert finding.code == "D2-VERSION-003"
    assert "kube-apiserver of cp2 stays at 1.35.4" in finding.message


def test_a_patch_of_workers_alone_is_within_skew() -> None:
    nodes = [control_plane_node("cp1"), node("w1")]

    assert kubelet_skew(nodes, all_at("1.35.4", "cp1"), version("1.35.9"), frozenset({"w1"})) == []


def test_part_of_the_control_plane_may_go_first() -> None:
    nodes = [control_plane_node("cp1"), control_plane_node("cp2")]

    assert kubelet_skew(nodes, all_at("1.35.4", "cp1", "cp2"), version("1.36.3"), frozenset({"cp1"})) == []
