# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab.artefacts import go
from lab.artefacts.kubernetes import COMPONENTS, render_go_mod, version_flags


def _upstream(version: str) -> go.Module:
    return go.Module("k8s.io/kubernetes", version, Path("/k"), "1.26.0", (), ("k8s.io/api", "k8s.io/client-go"))


def test_what_kubernetes_develops_itself_is_taken_at_the_version_it_is_published_under() -> None:
    lines = render_go_mod(_upstream("1.36.3")).splitlines()
    assert "require k8s.io/kubernetes v1.36.3" in lines
    assert "replace k8s.io/api => k8s.io/api v0.36.3" in lines
    assert "replace k8s.io/client-go => k8s.io/client-go v0.36.3" in lines


def test_an_inexact_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not an exact version"):
        render_go_mod(_upstream("1.36"))


def test_both_version_packages_are_told_the_version() -> None:
    flags = version_flags("1.35.4")
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert flags[f"{package}.gitVersion"] == "v1.35.4"
        assert flags[f"{package}.gitMajor"] == "1"
        assert flags[f"{package}.gitMinor"] == "35"


def test_every_component_is_known_to_the_program() -> None:
    source = (go.SOURCES / "kubernetes" / "main.go").read_text()
    for component in COMPONENTS:
        assert f'"{component}":' in source
