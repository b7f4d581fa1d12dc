# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apt
from ansible_collections.day2.k8s.plugins.module_utils._host.apt import Apt, AptError, Change
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

MADISON = """\
   kubelet | 1.36.3-1.2 | http://192.0.2.1/v1.36 ./ Packages
   kubelet | 1.36.3-1.1 | http://192.0.2.1/v1.36 ./ Packages
   kubelet | 1.36.3-1.1 | http://192.0.2.2/mirror stable/main amd64 Packages
   kubelet | 1.35.4-1.1 | http://192.0.2.1/v1.35 ./ Packages
   kubeadm | 1.36.3-1.1 | http://192.0.2.1/v1.36 ./ Packages
   kubeadm | 1.36.3-1.1 | http://192.0.2.1/v1.36 ./ Sources
N: some note
"""

TARGETS = """\
/etc/apt/sources.list.d/debian.sources:1\thttp://192.0.2.9/debian/
/etc/apt/sources.list.d/debian.sources:2\thttp://192.0.2.9/security/
/etc/apt/sources.list.d/kubernetes-1.35.list:1\thttp://192.0.2.1/v1.35/
/etc/apt/sources.list.d/kubernetes-1.36.list:1\thttp://192.0.2.1/v1.36/
/etc/apt/sources.list:3\thttp://192.0.2.2/mirror/
/etc/apt/sources.list:4\thttp://192.0.2.2/mirror/
"""

SIMULATED = """\
The following held packages will be changed:
Inst kubelet [1.35.4-1.1] (1.36.3-1.2 localhost [amd64])
Inst kubernetes-cni (1.7.1-1.1 localhost [amd64]) []
Remv cri-tools [1.35.0-1.1]
Conf kubelet (1.36.3-1.2 localhost [amd64])
"""


def test_versions_are_listed_once_and_newest_first() -> None:
    assert apt.parse_madison(MADISON) == {
        "kubelet": ["1.36.3-1.2", "1.36.3-1.1", "1.35.4-1.1"],
        "kubeadm": ["1.36.3-1.1"],
    }


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("1.36.3", "1.36.3-1.2"), ("1.36.3-1.1", "1.36.3-1.1"), ("1.36.4", None), ("1.36", None), ("", None)],
)
def test_the_newest_revision_of_a_version_is_taken(wanted: str, found: str | None) -> None:
    assert apt.newest(["1.36.3-1.2", "1.36.3-1.1", "1.35.4-1.1"], wanted) == found


def test_a_simulation_names_what_is_new_upgraded_and_removed() -> None:
    assert apt.parse_simulation(SIMULATED) == [
        Change("kubelet", "1.35.4-1.1", "1.36.3-1.2"),
        Change("kubernetes-cni", None, "1.7.1-1.1"),
        Change("cri-tools", "1.35.0-1.1", None),
    ]


def test_what_is_to_be_downloaded_is_read_from_the_uris() -> None:
    printed = "'http://192.0.2.1/v1.36/kubelet.deb' kubelet_1.36.3-1.2_amd64.deb 9 SHA256:0\n"

    assert apt.parse_print_uris(printed) == ["kubelet_1.36.3-1.2_amd64.deb"]
    assert apt.parse_print_uris("") == []


def test_sources_are_those_that_offer_the_packages_each_once() -> None:
    assert apt.choose_sources(TARGETS, MADISON) == [
        "/etc/apt/sources.list.d/kubernetes-1.35.list",
        "/etc/apt/sources.list.d/kubernetes-1.36.list",
        "/etc/apt/sources.list",
    ]


def test_without_lists_no_source_is_known_to_offer_anything() -> None:
    assert apt.choose_sources(TARGETS, "") == []


def test_installing_never_removes_and_does_not_mind_holds() -> None:
    assert apt.install_arguments({"kubelet": "1.36.3-1.2", "kubeadm": "1.36.3-1.1"}) == [
        "install",
        "--yes",
        "--no-install-recommends",
        "--no-remove",
        "--allow-change-held-packages",
        "kubeadm=1.36.3-1.1",
        "kubelet=1.36.3-1.2",
    ]


def test_chosen_sources_are_linked_where_apt_is_told_to_look(tmp_path: Path) -> None:
    options = apt.source_options(tmp_path, ["/etc/apt/sources.list", "/etc/apt/sources.list.d/a.sources"])

    parts = tmp_path / "sources.list.d"
    assert options == ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={parts}"]
    # apt tells a source's format by the suffix.
    assert {link.name: str(link.readlink()) for link in parts.iterdir()} == {
        "0-sources.list": "/etc/apt/sources.list",
        "1-a.sources": "/etc/apt/sources.list.d/a.sources",
    }


def test_private_lists_leave_every_place_of_the_system_alone(tmp_path: Path) -> None:
    options = apt.private_lists(tmp_path)[1::2]

    places = dict(option.split("=") for option in options)
    assert places == {
        "Dir::State::Lists": f"{tmp_path}/lists",
        "Dir::Cache": f"{tmp_path}/cache",
        "Dir::Cache::Archives": "/var/cache/apt/archives",
        "Dir::Log": f"{tmp_path}/log",
        "Debug::NoLocking": "true",
    }


def test_a_private_directory_is_gone_afterwards() -> None:
    with apt.private_directory() as directory:
        (directory / "lists").mkdir()
        assert directory.stat().st_mode & 0o777 == 0o755  # apt downloads as a user of its own

    assert not directory.exists()


def refresh(fake: FakeHost, lock_timeout_seconds: float) -> None:
    Apt(fake.host.runner, ["-o", "x=y"]).refresh(
        lock_timeout_seconds=lock_timeout_seconds, clock=fake.time.clock, sleep=fake.time.sleep
    )


def test_a_refresh_waits_for_another_apt(fake: FakeHost) -> None:
    free_at = fake.time.now + 7

    def update(argv: list[str]) -> tuple[int, str, str]:
        locked = (100, "", "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)\n")
        return (0, "", "") if fake.time.now >= free_at else locked

    fake.commands.on("apt-get -o x=y", update)
    refresh(fake, 60)

    assert len(fake.commands.run) == 4
    assert fake.commands.run[0].endswith(" update")


def test_a_refresh_gives_another_apt_up_at_its_deadline(fake: FakeHost) -> None:
    fake.commands.on("apt-get", (100, "", "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7\n"))

    with pytest.raises(AptError, match="held by process 7"):
        refresh(fake, 10)

    assert fake.time.now - 1000 < 15


def test_a_refresh_that_fails_otherwise_is_told_at_once_in_apts_words(fake: FakeHost) -> None:
    fake.commands.on("apt-get", (100, "Err:1 x", "W: Failed to fetch http://192.0.2.1/x\nE: Some index files failed\n"))

    with pytest.raises(AptError, match=r"^W: Failed to fetch http://192\.0\.2\.1/x E: Some index files failed$"):
        refresh(fake, 60)

    assert len(fake.commands.run) == 1


def test_an_apt_that_hangs_is_an_error_as_well(fake: FakeHost) -> None:
    fake.commands.on("apt-cache", (124, "", ""))

    with pytest.raises(AptError, match="did not end within"):
        Apt(fake.host.runner).available(["kubelet"])
