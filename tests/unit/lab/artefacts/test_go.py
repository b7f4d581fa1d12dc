# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab.artefacts import go


def test_a_go_mod_names_the_language_version_and_what_is_required() -> None:
    assert go.render_go_mod("coredns", go="1.25.0", requires={"github.com/coredns/coredns": "1.14.2"}) == (
        "module day2.invalid/lab/coredns\n\ngo 1.25.0\nrequire github.com/coredns/coredns v1.14.2\n"
    )


def test_a_go_mod_repeats_settings_and_replaces_versions() -> None:
    text = go.render_go_mod(
        "kubernetes",
        go="1.26.0",
        godebug=[("default", "go1.26")],
        requires={"k8s.io/b": "0.0.0", "k8s.io/a": "0.0.0"},
        replaces={"k8s.io/a": "0.36.3", "k8s.io/b": "0.36.3"},
    )
    assert text.splitlines()[2:] == [
        "go 1.26.0",
        "godebug default=go1.26",
        "require k8s.io/a v0.0.0",
        "require k8s.io/b v0.0.0",
        "replace k8s.io/a => k8s.io/a v0.36.3",
        "replace k8s.io/b => k8s.io/b v0.36.3",
    ]


def test_a_module_without_requirements_can_be_rendered() -> None:
    assert go.render_go_mod("pause", go="1.24", requires={}) == "module day2.invalid/lab/pause\n\ngo 1.24\n"


def test_of_an_upstream_go_mod_the_unversioned_requirements_are_kept() -> None:
    module = go.read_go_mod(
        {
            "Module": {"Path": "k8s.io/kubernetes"},
            "Go": "1.26.0",
            "GoDebug": [{"Key": "default", "Value": "go1.26"}],
            "Require": [
                {"Path": "github.com/spf13/cobra", "Version": "v1.10.2"},
                {"Path": "k8s.io/api", "Version": "v0.0.0"},
                {"Path": "k8s.io/utils", "Version": "v0.0.0-20260210185600-b8788abfbbc2", "Indirect": True},
            ],
        },
        version="1.36.3",
        directory=Path("/modules/kubernetes"),
    )
    assert module == go.Module(
        path="k8s.io/kubernetes",
        version="1.36.3",
        directory=Path("/modules/kubernetes"),
        go="1.26.0",
        godebug=(("default", "go1.26"),),
        unversioned=("k8s.io/api",),
    )


def test_a_go_mod_without_requirements_and_settings_can_be_read() -> None:
    module = go.read_go_mod(
        {"Module": {"Path": "example.com/m"}, "Go": "1.24", "Require": None, "GoDebug": None},
        version="1.0.0",
        directory=Path("/m"),
    )
    assert module.unversioned == ()
    assert module.godebug == ()


def test_every_program_of_the_labs_own_has_its_licence() -> None:
    for source in go.SOURCES.rglob("*.go"):
        assert source.read_text().startswith("// SPDX-License-Identifier: GPL-3.0-or-later\n"), source


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("k8s.io/kubernetes/cmd/kubeadm", "kubeadm"),
        ("go.etcd.io/etcd/server/v3", "server"),
        ("go.etcd.io/etcd/etcdctl/v3", "etcdctl"),
        ("web", "web"),
    ],
)
def test_a_program_is_named_by_its_packages_last_element_that_is_no_major_version(package: str, name: str) -> None:
    assert go.executable(package) == name
