# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.command import CommandError
from ansible_collections.day2.k8s.plugins.module_utils._host.work_unit import (
    KEPT_FILES,
    UNIT,
    Command,
    Outcome,
    UnitBusyError,
    describe_active,
    start_command,
)
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


def test_a_node_without_work_says_so(fake: FakeHost) -> None:
    assert fake.host.work_unit().active() is None
    assert describe_active(None) == {"active": False, "id": None, "command": None, "since": None}


def test_work_that_was_started_is_active_until_it_ends(fake: FakeHost) -> None:
    unit = fake.host.work_unit()

    unit.start("upgrade-1", Command(["kubeadm", "upgrade", "node"]))
    fake.time.sleep(2)
    active = unit.active()

    assert active is not None
    assert (active.id, active.command) == ("upgrade-1", "kubeadm upgrade node")
    assert active.since == pytest.approx(fake.time.wall_clock() - 2)
    assert describe_active(active)["since"] == "2026-09-21T14:30:00Z"
    assert unit.outcome("upgrade-1") is None

    assert unit.wait(10) is None
    assert unit.outcome("upgrade-1") == Outcome(0, 1790001000, 1790001003)


def test_waiting_ends_at_its_deadline(fake: FakeHost) -> None:
    fake.unit.seconds = 100
    fake.host.work_unit().start("a", Command(["x"]))

    assert fake.host.work_unit().wait(5) is not None
    assert fake.time.now == 1005


def test_a_unit_of_that_name_that_is_not_ours_is_active_all_the_same(fake: FakeHost) -> None:
    fake.commands.on(f"systemctl show {UNIT}", "ActiveState=activating\nDescription=somebody's\n")

    active = fake.host.work_unit().active()

    assert active is not None
    assert (active.id, active.command) == ("", "somebody's")


def test_a_unit_that_still_runs_what_comes_afterwards_is_active(fake: FakeHost) -> None:
    fake.commands.on(
        f"systemctl show {UNIT}", "ActiveState=deactivating\nDescription=day2.k8s work a: apt-get install x\n"
    )

    assert fake.host.work_unit().active() is not None


def test_two_pieces_of_work_exclude_each_other(fake: FakeHost) -> None:
    fake.unit.busy_with("a", ["apt-get", "install"])

    with pytest.raises(UnitBusyError):
        fake.host.work_unit().start("b", Command(["kubeadm"]))


def test_a_unit_that_cannot_be_started_is_an_error(fake: FakeHost) -> None:
    fake.commands.on("systemd-run", (1, "", "Failed to connect to bus"))

    with pytest.raises(CommandError, match="Failed to connect to bus"):
        fake.host.work_unit().start("b", Command(["kubeadm"]))


def test_the_command_reaches_the_unit_word_by_word() -> None:
    command = Command(["kubeadm", "a b", "$HOME", "%i"], {"B": "2", "A": "1"}, ["/usr/bin/apt-mark", "hold", "kubelet"])

    words = start_command("x", command, "/var/log/day2/x.log", "/var/log/day2/x.result")

    assert words[words.index("--") :][-5:] == ["/var/log/day2/x.result", "kubeadm", "a b", "$$HOME", "%i"]
    assert "--unit=day2-node-work.service" in words
    assert "--description=day2.k8s work x: kubeadm 'a b' '$HOME' %i" in words
    assert "--property=StandardOutput=append:/var/log/day2/x.log" in words
    assert "--property=ExecStopPost=/usr/bin/apt-mark hold kubelet" in words
    assert [word for word in words if word.startswith("--setenv")] == ["--setenv=A=1", "--setenv=B=2"]


def test_an_old_result_does_not_outlive_a_new_start(fake: FakeHost) -> None:
    fake.write("/var/log/day2/a.result", "1 5 6\n")
    fake.write("/var/log/day2/a.result.part", "")

    fake.host.work_unit().start("a", Command(["x"]))

    assert fake.host.work_unit().outcome("a") is None
    assert not (fake.root / "var/log/day2/a.result.part").exists()


@pytest.mark.parametrize("work_id", ["", "../x", "a/b", "a b", ".hidden", "x" * 200])
def test_an_id_that_cannot_be_a_file_is_refused(fake: FakeHost, work_id: str) -> None:
    with pytest.raises(ValueError):
        fake.host.work_unit().log(work_id)


def test_only_so_many_logs_are_kept_and_the_oldest_go(fake: FakeHost) -> None:
    for number in range(KEPT_FILES + 5):
        os.utime(fake.write(f"/var/log/day2/old-{number}.log", ""), (number, number))

    fake.host.work_unit().start("a", Command(["x"]))

    names = fake.host.files.names("/var/log/day2")
    assert len(names) == KEPT_FILES + 1
    assert "old-4.log" not in names
    assert "old-5.log" in names


def test_a_log_can_be_read_before_and_after(fake: FakeHost) -> None:
    unit = fake.host.work_unit()
    assert (unit.was_started("a"), unit.log_text("a")) == (False, "")

    fake.unit.prints = "\x1b[0;37mhel\x1b[0mlo\n"
    unit.start("a", Command(["x"]))

    assert (unit.was_started("a"), unit.log_text("a")) == (True, "hello\n")
