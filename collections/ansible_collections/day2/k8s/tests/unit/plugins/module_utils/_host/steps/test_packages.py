# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.packages import Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_repository import FakeRepository

WORK = Work("packages-1", 20)


def request(**more: Any) -> Request:
    options = {"packages": {"kubeadm": "1.36.3"}, "companions": {}, "hold": True, "download_only": False}
    return Request(**{**options, "lock_timeout_seconds": 30, **more})


@pytest.fixture
def repository(fake: FakeHost) -> FakeRepository:
    """1.35.4 is installed and held; 1.36.3 is offered."""
    repository = FakeRepository(fake)
    repository.offer("1.36.3-1.1", "1.35.4-1.1")
    repository.install("1.35.4-1.1")
    return repository


def test_a_package_is_brought_to_the_wanted_version(fake: FakeHost, repository: FakeRepository) -> None:
    result = run(fake.host, request(), WORK, check_mode=False)

    assert (result["changed"], result["finished"], result["versions"]) == (True, True, {"kubeadm": "1.36.3-1.1"})
    assert result["diff"] == {"before": "kubeadm 1.35.4-1.1 (held)\n", "after": "kubeadm 1.36.3-1.1 (held)\n"}
    (command,) = fake.unit.started
    assert command[0] == "apt-get"
    assert command[-1] == "kubeadm=1.36.3-1.1"


def test_a_second_run_changes_nothing_and_asks_no_repository(fake: FakeHost, repository: FakeRepository) -> None:
    repository.install("1.36.3-1.1")

    result = run(fake.host, request(), WORK, check_mode=False)

    assert (result["changed"], result["finished"], result["log"]) == (False, True, None)
    assert fake.commands.matching("apt") == []


def test_a_newer_revision_is_no_reason_to_change(fake: FakeHost, repository: FakeRepository) -> None:
    repository.offer("1.36.3-1.2", "1.36.3-1.1")
    repository.install("1.36.3-1.1")

    assert not run(fake.host, request(), WORK, check_mode=False)["changed"]
    assert run(fake.host, request(packages={"kubeadm": "1.36.3-1.2"}), WORK, check_mode=False)["changed"]


@pytest.mark.parametrize("missing", [True, False])
def test_check_mode_predicts_what_a_run_does_and_writes_nothing(
    fake: FakeHost, repository: FakeRepository, missing: bool
) -> None:
    if not missing:
        repository.install("1.36.3-1.1", held=False)

    predicted = run(fake.host, request(), WORK, check_mode=True)
    before_the_run = list(fake.commands.run)
    happened = run(fake.host, request(), WORK, check_mode=False)

    for key in ("changed", "diff", "versions"):
        assert predicted[key] == happened[key]
    assert not [line for line in before_the_run if line.startswith(("systemd-run", "dpkg --", "/usr/bin/apt-mark"))]
    assert all("Dir::State::Lists=" in line for line in before_the_run if line.endswith(" update"))


def test_check_mode_says_what_apt_would_do(fake: FakeHost, repository: FakeRepository) -> None:
    result = run(fake.host, request(), WORK, check_mode=True)

    assert result["changes"] == [{"name": "kubeadm", "old": "0", "new": "1.36.3-1.1"}]
    assert result["downloads"] == ["kubeadm_1.36.3-1.1_amd64.deb"]


def test_packages_that_are_not_held_are_held_afterwards(fake: FakeHost, repository: FakeRepository) -> None:
    repository.install("1.36.3-1.1", held=False)

    result = run(fake.host, request(), WORK, check_mode=False)

    assert result["changed"]
    assert repository.held == {"kubeadm"}


def test_without_hold_the_unit_sets_again_only_what_was_held(fake: FakeHost, repository: FakeRepository) -> None:
    repository.held = {"kubeadm"}

    run(fake.host, request(packages={"kubeadm": "1.36.3", "kubelet": "1.36.3"}, hold=False), WORK, check_mode=False)

    (started,) = fake.commands.matching("systemd-run")
    assert "'--property=ExecStopPost=/usr/bin/apt-mark hold kubeadm'" in started


def test_companions_are_brought_along_only_where_they_are_installed(fake: FakeHost, repository: FakeRepository) -> None:
    del repository.installed["kubectl"]

    companions = {"kubectl": "1.36.3", "kubelet": "1.36.3"}
    result = run(fake.host, request(companions=companions), WORK, check_mode=False)

    assert result["versions"] == {"kubeadm": "1.36.3-1.1", "kubelet": "1.36.3-1.1"}


def test_downloading_installs_nothing(fake: FakeHost, repository: FakeRepository) -> None:
    first = run(fake.host, request(download_only=True), WORK, check_mode=False)
    second = run(fake.host, request(download_only=True), Work("packages-2", 20), check_mode=False)

    assert (first["changed"], second["changed"]) == (True, False)
    assert repository.installed["kubeadm"] == "1.35.4-1.1"
    assert repository.downloaded == {"kubeadm_1.36.3-1.1_amd64.deb"}


def test_check_mode_predicts_a_download(fake: FakeHost, repository: FakeRepository) -> None:
    assert run(fake.host, request(download_only=True), WORK, check_mode=True)["changed"]

    repository.downloaded = {"kubeadm_1.36.3-1.1_amd64.deb"}

    assert not run(fake.host, request(download_only=True), WORK, check_mode=True)["changed"]


def test_a_version_that_is_nowhere_is_refused_before_anything_is_begun(
    fake: FakeHost, repository: FakeRepository
) -> None:
    with pytest.raises(HostError) as caught:
        run(fake.host, request(packages={"kubeadm": "1.37.0"}), WORK, check_mode=False)

    assert caught.value.code == "D2-PACKAGE-001"
    assert fake.unit.started == []


def test_an_apt_that_fails_is_told_in_its_own_words_with_its_log(fake: FakeHost, repository: FakeRepository) -> None:
    fake.unit.exit_status = 100
    fake.unit.prints = "Reading package lists...\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n"

    with pytest.raises(HostError) as caught:
        run(fake.host, request(), WORK, check_mode=False)

    error = caught.value
    assert error.code == "D2-PACKAGE-002"
    assert error.message == "apt failed, status 100 after 3 s: E: Sub-process /usr/bin/dpkg returned an error code (1)"
    assert error.result["log"] == "/var/log/day2/packages-1.log"
    assert error.result["changed"]


def test_an_apt_that_ends_well_without_effect_is_an_error(fake: FakeHost, repository: FakeRepository) -> None:
    fake.unit.on_end = lambda argv: None

    with pytest.raises(HostError, match="apt ended well, but kubeadm did not reach the wanted version"):
        run(fake.host, request(), WORK, check_mode=False)


def test_a_half_done_dpkg_is_ended_before_apt_is_asked(fake: FakeHost, repository: FakeRepository) -> None:
    fake.write("/var/lib/dpkg/updates/0001", "")
    fake.commands.on("dpkg --force-confdef")

    run(fake.host, request(), WORK, check_mode=False)

    lines = fake.commands.run
    assert lines.index(fake.commands.matching("dpkg --force")[0]) < lines.index(fake.commands.matching("apt-cache")[0])


def test_a_slow_apt_is_followed_over_several_calls(fake: FakeHost, repository: FakeRepository) -> None:
    fake.unit.seconds = 30

    first = run(fake.host, request(), WORK, check_mode=False)
    second = run(fake.host, request(), WORK, check_mode=False)

    assert (first["finished"], first["changed"], first["work"]["active"]) == (False, True, True)
    assert (second["finished"], second["changed"], second["versions"]) == (True, True, {"kubeadm": "1.36.3-1.1"})
