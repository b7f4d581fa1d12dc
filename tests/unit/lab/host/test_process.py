# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.host.process import Daemon, identify, parse_start_time

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def _stat(name: str, state: str) -> str:
    return f"42 ({name}) {state} " + " ".join(["0"] * 18) + " 777 0 0"


def test_the_start_time_is_found_behind_a_name_with_spaces_and_parentheses() -> None:
    assert parse_start_time(_stat("a) S (b", "S")) == 777


def test_a_zombie_does_not_run() -> None:
    assert parse_start_time(_stat("gone", "Z")) is None


def test_a_process_is_known_by_id_start_time_and_boot() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert me.pid == os.getpid()
    assert identify(2**22 + 1) is None


def test_a_daemon_runs_from_start_to_stop(tmp_path: Path) -> None:
    daemon = Daemon("sleeper", tmp_path)
    assert not daemon.running()
    daemon.start(SLEEPER, ready=lambda: True)
    try:
        assert daemon.running()
    finally:
        daemon.stop()
    assert not daemon.running()
    assert daemon.recorded() is None


def test_another_process_with_the_recorded_id_is_left_alone(tmp_path: Path) -> None:
    daemon = Daemon("reused", tmp_path)
    me = identify(os.getpid())
    assert me is not None
    # The id of this very process, started at another time: were it taken for ours, this test would die.
    (tmp_path / "reused.pid").write_text(json.dumps(asdict(replace(me, start_time=me.start_time - 1))))
    assert not daemon.running()
    daemon.stop()
    assert daemon.recorded() is None


def test_a_daemon_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    daemon = Daemon("broken", tmp_path)
    with pytest.raises(LabError, match="bind: address in use"):
        daemon.start(
            [sys.executable, "-c", "print('bind: address in use')"],
            ready=lambda: False,
            # Rather than to sleep, wait until the child has ended; it stays to be collected.
            sleep=lambda _: os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT) and None,
        )
    assert not daemon.running()


def test_stopping_what_never_ran_is_no_error(tmp_path: Path) -> None:
    Daemon("none", tmp_path).stop()
