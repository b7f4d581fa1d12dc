# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.artefacts import host
from lab.artefacts.command import LabError


def _state(**states: str) -> str:
    return "".join(f"{package} {states.get(package.replace('-', '_'), 'ii')}\n" for package in host.PACKAGES)


def test_nothing_is_missing_when_all_are_installed() -> None:
    assert host.missing_packages(_state()) == []


def test_a_removed_package_of_which_configuration_is_left_is_missing() -> None:
    assert host.missing_packages(_state(haproxy="rc")) == ["haproxy"]


def test_a_package_never_heard_of_is_missing() -> None:
    assert "podman" in host.missing_packages("bash ii\n")


def test_without_root_the_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.command, "output", lambda _argv: _state(podman="un", socat="rc"))
    monkeypatch.setattr(host.os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="run as root, or: apt-get install podman socat"):
        host.host_packages()
