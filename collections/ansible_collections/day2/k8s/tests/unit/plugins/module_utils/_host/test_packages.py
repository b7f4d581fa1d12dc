# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import dpkg
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.packages import Packages, unsatisfied
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_repository import FakeRepository

WANTED = {"kubeadm": "1.36.3", "kubelet": "1.36.3"}


def packages(fake: FakeHost) -> Packages:
    return Packages(
        fake.host.runner, fake.host.files, lock_timeout_seconds=30, clock=fake.time.clock, sleep=fake.time.sleep
    )


def test_a_version_is_found_in_the_sources_that_are_known_to_offer_it(fake: FakeHost) -> None:
    FakeRepository(fake).offer("1.36.3-1.2", "1.36.3-1.1", "1.35.4-1.1")

    resolution = packages(fake).look_up(WANTED, private=True)

    assert resolution.versions == {"kubeadm": "1.36.3-1.2", "kubelet": "1.36.3-1.2"}
    assert len(resolution.changes) == 2
    updates = [line for line in fake.commands.run if line.endswith(" update")]
    assert len(updates) == 1
    assert "Dir::Etc::sourceparts=" in updates[0]


def test_looking_privately_names_a_private_place_in_every_command_that_could_write(fake: FakeHost) -> None:
    FakeRepository(fake).offer("1.36.3-1.1")

    packages(fake).look_up(WANTED, private=True)

    for line in fake.commands.run:
        assert "Dir::State::Lists=" in line or "indextargets" in line


def test_all_sources_are_read_when_those_known_to_offer_the_packages_do_not_have_the_version(fake: FakeHost) -> None:
    repository = FakeRepository(fake)
    repository.offer("1.35.4-1.1")
    repository.offer_elsewhere("1.36.3-1.1")

    resolution = packages(fake).look_up(WANTED, private=True)

    assert resolution.versions == {"kubeadm": "1.36.3-1.1", "kubelet": "1.36.3-1.1"}
    updates = [line for line in fake.commands.run if line.endswith(" update")]
    assert ["sourceparts" in line for line in updates] == [True, False]


def test_a_version_that_is_nowhere_is_an_error_naming_what_there_is(fake: FakeHost) -> None:
    FakeRepository(fake).offer("1.35.4-1.1", "1.35.3-1.1")

    with pytest.raises(HostError) as caught:
        packages(fake).look_up(WANTED, private=True)

    error = caught.value
    assert error.code == "D2-PACKAGE-001"
    assert "kubelet 1.36.3" in error.message
    assert "kubelet 1.35.4-1.1, 1.35.3-1.1" in error.message
    assert error.result["available"] == {name: ["1.35.4-1.1", "1.35.3-1.1"] for name in WANTED}


def test_a_source_out_of_reach_is_told_when_the_version_was_not_found(fake: FakeHost) -> None:
    FakeRepository(fake).unreachable = True

    with pytest.raises(
        HostError, match=r"kubelet not at all.*When they were read: E: Some index files failed"
    ) as caught:
        packages(fake).look_up(WANTED, private=True)

    assert caught.value.code == "D2-PACKAGE-001"


def test_a_source_out_of_reach_does_not_matter_when_the_version_is_in_another(fake: FakeHost) -> None:
    repository = FakeRepository(fake)
    repository.offer("1.36.3-1.1")
    repository.unreachable = True

    assert packages(fake).look_up(WANTED, private=True).versions["kubelet"] == "1.36.3-1.1"


def test_packages_that_cannot_be_installed_are_an_error_in_apts_words(fake: FakeHost) -> None:
    repository = FakeRepository(fake)
    repository.offer("1.36.3-1.1")
    repository.uninstallable = "E: Packages need to be removed but remove is disabled."

    with pytest.raises(
        HostError, match=r"apt cannot install kubeadm 1\.36\.3, kubelet 1\.36\.3: E: Packages need"
    ) as caught:
        packages(fake).look_up(WANTED, private=True)

    assert caught.value.code == "D2-PACKAGE-002"


def test_the_systems_own_lists_are_refreshed_in_their_place_and_kept(fake: FakeHost) -> None:
    FakeRepository(fake).offer("1.36.3-1.1")

    packages(fake).look_up(WANTED, private=False)

    (update,) = [line for line in fake.commands.run if line.endswith(" update")]
    assert "Dir::State::Lists" not in update
    assert "APT::Get::List-Cleanup=false" in update
    # Dependencies may come from sources that were not read anew, so the simulation sees all lists.
    assert all("sourceparts" not in line for line in fake.commands.run if "--simulate" in line)


def test_what_the_lists_have_is_known_without_reading_them_anew(fake: FakeHost) -> None:
    FakeRepository(fake).offer("1.36.3-1.1")

    known = packages(fake).known(WANTED)

    assert known is not None
    assert known.versions["kubeadm"] == "1.36.3-1.1"
    assert not [line for line in fake.commands.run if line.endswith(" update")]
    assert packages(fake).known({"kubeadm": "1.37.0"}) is None


def test_installing_keeps_configuration_and_sets_holds_in_any_case(fake: FakeHost) -> None:
    command = packages(fake).install({"kubeadm": "1.36.3-1.1"}, hold=["kubeadm"])

    assert "--option=DPkg::Lock::Timeout=30" in command.argv
    assert "--option=Dpkg::Options::=--force-confold" in command.argv
    assert "--download-only" not in command.argv
    assert command.afterwards == ["/usr/bin/apt-mark", "hold", "kubeadm"]
    assert command.environment["DEBIAN_FRONTEND"] == "noninteractive"
    assert command.environment["NEEDRESTART_SUSPEND"] == "1"


def test_installing_sets_no_hold_where_there_was_none(fake: FakeHost) -> None:
    assert packages(fake).install({"kubeadm": "1.36.3-1.1"}, hold=[]).afterwards == []


def test_downloading_leaves_holds_alone(fake: FakeHost) -> None:
    command = packages(fake).download({"kubeadm": "1.36.3-1.1"})

    assert "--download-only" in command.argv
    assert command.afterwards == ()


def test_an_interrupted_dpkg_is_brought_to_its_end(fake: FakeHost) -> None:
    fake.write("/var/lib/dpkg/updates/0001", "")
    fake.commands.on("dpkg --force-confdef --force-confold --configure -a")

    packages(fake).repair()

    assert len(fake.commands.run) == 1
    assert fake.commands.environments[0]["DEBIAN_FRONTEND"] == "noninteractive"


def test_a_dpkg_that_was_not_interrupted_is_left_alone(fake: FakeHost) -> None:
    packages(fake).repair()

    assert fake.commands.run == []


def test_a_dpkg_that_cannot_be_brought_to_its_end_is_an_error(fake: FakeHost) -> None:
    fake.write("/var/lib/dpkg/updates/0001", "")
    fake.commands.on("dpkg", (1, "", "dpkg: error processing package x"))

    with pytest.raises(HostError, match="dpkg: error processing package x") as caught:
        packages(fake).repair()

    assert caught.value.code == "D2-PACKAGE-002"


def test_what_is_not_installed_or_at_another_version_is_unsatisfied() -> None:
    installed = dpkg.Installed({"kubeadm": "1.36.3-1.1", "kubelet": "1.35.4-1.1"}, ())

    assert unsatisfied(installed, {**WANTED, "kubectl": "1.36.3"}) == {"kubelet": "1.36.3", "kubectl": "1.36.3"}
