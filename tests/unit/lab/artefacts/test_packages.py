# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest

from lab.artefacts.packages import (
    FILES,
    PACKAGES,
    Package,
    file_name,
    package_version,
    render_control,
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


def test_the_kubelet_package_never_restarts_the_kubelet() -> None:
    for script in (FILES / "kubelet/DEBIAN").iterdir():
        assert "restart kubelet" not in script.read_text()


def test_the_kubelets_configuration_by_the_administrator_survives_upgrades() -> None:
    assert (FILES / "kubelet/DEBIAN/conffiles").read_text() == "/etc/default/kubelet\n"


def test_maintainer_scripts_are_executable() -> None:
    scripts = [path for path in FILES.glob("*/DEBIAN/*") if path.name != "conffiles"]
    assert scripts
    assert all(os.access(path, os.X_OK) for path in scripts)
