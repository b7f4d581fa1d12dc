# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab import cli
from lab.cluster import lifecycle


@pytest.fixture(autouse=True)
def _empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAY2_LAB_STATE", str(tmp_path))
    monkeypatch.setattr(lifecycle, "all_names", list)


@pytest.mark.parametrize(
    "arguments", [["up"], ["nonsense"], [], ["up", "demo", "--version"], ["up", "demo", "--workers", "many"]]
)
def test_wrong_usage_ends_with_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: lab" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["up", "Demo", "--version", "1.35.4"], "'Demo' is not a cluster name", "starting with a letter"),
        (["up", "demo", "--version", "1.35"], "not an exact version", "1.35.4"),
        (["build", "latest"], "not an exact version", "lab build"),
        (["status", "demo"], "there is no cluster demo", "lab up demo"),
        (["obstruct", "demo"], "there is no cluster demo", "lab up demo"),
        (["kubeconfig", "demo"], "there is no cluster demo", "lab up demo"),
        (["down"], "name the clusters", "lab list"),
        (["down", "demo", "--all"], "name the clusters", "lab list"),
        (["down", "../x"], "is not a cluster name", "letters"),
        (["probe-report", "/nonexistent"], "cannot read", ""),
    ],
)
def test_a_mistake_is_told_in_words_with_what_to_do(
    arguments: list[str], message: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error
    assert remedy in error
    assert "Traceback" not in error


def test_an_empty_list_says_how_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    assert "lab up" in capsys.readouterr().out


def test_help_shows_a_whole_first_session(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    for command in ("lab up main", "lab status main", "lab inventory main", "lab down main", "DAY2_LAB_STATE"):
        assert command in shown
