# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lab.artefacts.packages import (
    FILES,
    PACKAGES,
    Package,
    choose,
    file_name,
    package_version,
    render_control,
    render_release,
    render_stanza,
)

KUBELET = next(package for package in PACKAGES if package.name == "kubelet")


def test_packages_are_numbered_as_the_communitys() -> None:
    assert package_version("1.36.3") == "1.36.3-1.1"


@pytest.mark.parametrize("name", ["kubeadm", "kubelet", "kubectl"])
def test_a_packages_file_is_named_by_name_version_and_architecture(name: str) -> None:
    assert file_name(Package(name, "x"), "1.36.3") == f"{name}_1.36.3-1.1_amd64.deb"


def test_a_control_file_has_no_field_without_a_value() -> None:
    assert "Depends" not in render_control(Package("kubectl", "Command line"), "1.36.3", installed_size=1)


def test_a_control_file_says_what_a_package_needs() -> None:
    lines = render_control(KUBELET, "1.36.3", installed_size=2049).splitlines()
    assert "Package: kubelet" in lines
    assert "Version: 1.36.3-1.1" in lines
    assert "Installed-Size: 3" in lines
    assert "Depends: containernetworking-plugins, mount, util-linux" in lines


def test_a_stanza_is_the_control_file_and_where_the_package_is() -> None:
    stanza = render_stanza("Package: kubectl\n", filename="kubectl.deb", size=7, sha256="00")
    assert stanza == "Package: kubectl\nFilename: ./kubectl.deb\nSize: 7\nSHA256: 00\n\n"


def test_a_release_file_vouches_for_the_index() -> None:
    index = b"Package: kubectl\n"
    release = render_release(index, name="v1.36", date="Mon, 02 Nov 2026 10:00:00 GMT")
    assert f" {hashlib.sha256(index).hexdigest()} {len(index)} Packages" in release.splitlines()
    assert "Date: Mon, 02 Nov 2026 10:00:00 GMT" in release.splitlines()


def test_the_kubelet_package_never_restarts_the_kubelet() -> None:
    for script in (FILES / "kubelet/DEBIAN").iterdir():
        assert "restart kubelet" not in script.read_text()


def test_the_kubelets_configuration_by_the_administrator_survives_upgrades() -> None:
    assert (FILES / "kubelet/DEBIAN/conffiles").read_text() == "/etc/default/kubelet\n"


def test_maintainer_scripts_are_executable() -> None:
    scripts = [path for path in FILES.glob("*/DEBIAN/*") if path.name != "conffiles"]
    assert scripts
    assert all(os.access(path, os.X_OK) for path in scripts)


class TestChoose:
    @staticmethod
    def _make(directory: Path, name: str, *, age: int) -> Path:
        path = directory / name
        path.mkdir()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
        return path

    def test_takes_the_preferred_recipe(self, tmp_path: Path) -> None:
        wanted = self._make(tmp_path, "1.36.3-aaa", age=100)
        newer = self._make(tmp_path, "1.36.3-bbb", age=0)
        assert choose([newer, wanted], preferred="aaa") == [wanted]

    def test_takes_the_newest_where_the_preferred_was_not_built(self, tmp_path: Path) -> None:
        older = self._make(tmp_path, "1.36.1-bbb", age=100)
        newest = self._make(tmp_path, "1.36.1-ccc", age=0)
        assert choose([newest, older], preferred="aaa") == [newest]

    def test_has_every_version_in_the_order_of_versions(self, tmp_path: Path) -> None:
        ten = self._make(tmp_path, "1.36.10-aaa", age=0)
        nine = self._make(tmp_path, "1.36.9-aaa", age=0)
        assert choose([ten, nine], preferred="aaa") == [nine, ten]
