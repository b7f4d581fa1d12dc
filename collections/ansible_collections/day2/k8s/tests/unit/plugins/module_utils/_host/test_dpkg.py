# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import dpkg
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

LINES = (
    "kubeadm\thold\tinstalled\t1.35.4-1.1\n"
    "kubelet\tinstall\tinstalled\t1.35.4-1.1\n"
    "kubectl\thold\tconfig-files\t1.34.0-1.1\n"
)


def test_versions_are_of_what_is_installed_and_holds_of_what_is_held(fake: FakeHost) -> None:
    # dpkg-query's status is 1 when it does not know one of the names.
    fake.commands.on("dpkg-query --show", (1, LINES, "dpkg-query: no packages found matching x\n"))

    found = dpkg.installed(fake.host.runner, ["kubeadm", "kubelet", "kubectl", "x"])

    assert found.versions == {"kubeadm": "1.35.4-1.1", "kubelet": "1.35.4-1.1"}
    assert found.held == ("kubeadm", "kubectl")


def test_a_host_without_dpkg_has_no_packages(fake: FakeHost) -> None:
    fake.commands.on("dpkg-query", (127, "", "not found"))

    assert dpkg.installed(fake.host.runner) == dpkg.Installed({}, ())


def test_a_package_is_described_in_one_line() -> None:
    found = dpkg.Installed({"kubelet": "1.35.4-1.1"}, ("kubelet",))

    assert found.describe(["kubelet", "kubeadm"]) == "kubeadm not installed\nkubelet 1.35.4-1.1 (held)\n"


@pytest.mark.parametrize(
    ("version", "upstream"),
    [
        ("1.36.3-1.1", "1.36.3"),
        ("1.36.3-00", "1.36.3"),
        ("1:1.36.3-1.1", "1.36.3"),
        ("1.36.3", "1.36.3"),
        ("1.36.0~rc.0-1.1", "1.36.0~rc.0"),
        ("1.36.3-beta-1", "1.36.3-beta"),
    ],
)
def test_the_softwares_version_lies_between_epoch_and_revision(version: str, upstream: str) -> None:
    assert dpkg.upstream(version) == upstream


@pytest.mark.parametrize(
    ("version", "wanted", "satisfied"),
    [
        ("1.36.3-1.1", "1.36.3", True),
        ("1.36.3-1.1", "1.36.3-1.1", True),
        ("1.36.3-1.1", "1.36.3-1.2", False),
        ("1.36.30-1.1", "1.36.3", False),
        ("", "1.36.3", False),
    ],
)
def test_a_package_satisfies_its_own_version_and_that_of_its_software(
    version: str, wanted: str, satisfied: bool
) -> None:
    assert dpkg.satisfies(version, wanted) is satisfied


def test_an_interrupted_dpkg_leaves_updates_behind(fake: FakeHost) -> None:
    assert not dpkg.interrupted(fake.host.files)

    fake.write("/var/lib/dpkg/updates/0001", "")

    assert dpkg.interrupted(fake.host.files)
