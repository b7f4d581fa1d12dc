# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab.artefacts import command
from lab.artefacts.command import LabError


def test_a_failure_names_the_log_and_quotes_its_end(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    with pytest.raises(LabError, match="exit code 3") as raised:
        command.run(["sh", "-c", "echo what went wrong; exit 3"], log=log)
    assert str(log) in str(raised.value)
    assert str(raised.value).endswith("what went wrong")


def test_a_log_shows_what_was_run_before_what_it_said(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    command.run(["echo", "done"], log=log)
    assert log.read_text() == "$ echo done\ndone\n"


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no-such-program is not installed"):
        command.run(["no-such-program"], log=tmp_path / "log")
    with pytest.raises(LabError, match="no-such-program is not installed"):
        command.output(["no-such-program"])


def test_what_a_short_program_complains_of_is_in_the_error() -> None:
    with pytest.raises(LabError, match="exit code 1: no luck"):
        command.output(["sh", "-c", "echo no luck >&2; exit 1"])
