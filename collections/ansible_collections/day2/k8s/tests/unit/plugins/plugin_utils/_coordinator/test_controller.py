# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.controller import Controller


def stat(proc: Path, pid: int, *, state: str = "S", start: int = 4711, command: str = "ansible-playbook") -> None:
    directory = proc / str(pid)
    directory.mkdir(parents=True, exist_ok=True)
    between = " ".join(["0"] * 18)
    (directory / "stat").write_text(f"{pid} ({command}) {state} {between} {start} 0 0\n", encoding="utf-8")


def test_a_process_that_is_still_there_is_alive(tmp_path: Path) -> None:
    stat(tmp_path, 42)

    assert Controller.of(42, proc=tmp_path).alive(proc=tmp_path)


def test_a_process_that_ended_is_gone(tmp_path: Path) -> None:
    assert not Controller(42, 4711).alive(proc=tmp_path)


def test_another_process_with_the_same_pid_is_not_the_controller(tmp_path: Path) -> None:
    stat(tmp_path, 42)
    controller = Controller.of(42, proc=tmp_path)
    stat(tmp_path, 42, start=9999)

    assert not controller.alive(proc=tmp_path)


def test_a_zombie_is_gone(tmp_path: Path) -> None:
    stat(tmp_path, 42)
    controller = Controller.of(42, proc=tmp_path)
    stat(tmp_path, 42, state="Z")

    assert not controller.alive(proc=tmp_path)


def test_a_command_with_blanks_and_parentheses_is_read_right(tmp_path: Path) -> None:
    stat(tmp_path, 42, command="a (b) c) R 1 2", start=77)

    assert Controller.of(42, proc=tmp_path) == Controller(42, 77)


def test_without_proc_a_signal_tells(tmp_path: Path) -> None:
    controller = Controller.of(os.getpid(), proc=tmp_path / "none")

    assert controller.start_time is None
    assert controller.alive()
