# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.control_plane import (
    all_at,
    component_versions,
    observe,
    parse_components,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    cluster,
    control_plane_host,
    control_plane_node,
    control_plane_pods,
    host,
    mirror_pod,
    static_pods,
    version,
)


def test_manifests_on_the_host_count_more_than_the_pods_that_still_run() -> None:
    versions = component_versions(
        control_plane_node("cp1"), control_plane_host("cp1", running=NEW), control_plane_pods("cp1", running=OLD)
    )

    assert all_at(versions, version(NEW))


def test_mirror_pods_count_where_the_host_did_not_answer() -> None:
    pods = control_plane_pods("cp1", "cp2", running=NEW)

    assert all_at(component_versions(control_plane_node("cp1"), host("cp1", reachable=False), pods), version(NEW))
    assert component_versions(control_plane_node("cp3"), None, pods) == {}


@pytest.mark.parametrize("tag", ["", "latest", "v1.36", "sha-0af1"])
def test_a_tag_without_a_version_is_unknown_and_never_at_the_target(tag: str) -> None:
    versions = parse_components(static_pods(NEW, kube_scheduler=tag))

    assert "kube-scheduler" not in versions
    assert not all_at(versions, version(NEW))


def test_etcd_is_not_among_the_components() -> None:
    assert "etcd" not in parse_components(static_pods(NEW))


def test_an_image_with_a_port_and_a_digest_is_understood() -> None:
    image = f"registry.example.com:5000/kube-apiserver:v{NEW}@sha256:{'0' * 64}"
    pod = replace(mirror_pod("kube-apiserver", "cp1"), images=(image,))

    assert component_versions(control_plane_node("cp1"), None, (pod,)) == {"kube-apiserver": version(NEW)}


def test_the_oldest_and_newest_versions_say_what_runs_them() -> None:
    taken = cluster(hosts=[control_plane_host("cp2", static_pods=static_pods(OLD, kube_apiserver=NEW))])

    observed = observe(taken, taken.hosts)

    assert observed.highest == (version(NEW), "kube-apiserver on cp2")
    assert observed.lowest[0] == version(OLD)
    assert observed.apiserver("cp2") == version(NEW)
