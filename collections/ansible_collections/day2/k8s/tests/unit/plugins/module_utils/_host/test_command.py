# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.command import CommandError, Runner


def runner(rc: int = 0, stdout: str = "", stderr: str = "", seen: list[Any] | None = None) -> Runner:
    def run_command(argv: list[str], environ_update: dict[str, str]) -> tuple[int, str, str]:
        if seen is not None:
            seen.append((argv, environ_update))
        return rc, stdout, stderr

    return Runner(run_command)


def test_a_command_has_a_deadline_and_speaks_c_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setenv("PATH", "/opt/bin")

    runner(seen=seen).run(["ip", "address"], timeout_seconds=7, environment={"A": "b"})

    argv, environment = seen[0]
    assert argv == ["timeout", "--kill-after=5", "7", "ip", "address"]
    assert environment.pop("PATH") == "/opt/bin:/usr/sbin:/sbin:/usr/bin:/bin"
    assert environment == {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "C", "TZ": "UTC", "A": "b"}


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(CommandError, match=r"`apt-get update` ended with status 100: E: no network"):
        runner(rc=100, stdout="Hit:1", stderr="E: no\n network\n").run(["apt-get", "update"])


def test_a_failure_that_is_expected_is_returned() -> None:
    completed = runner(rc=1, stdout="x").run(["dpkg-query"], check=False)

    assert (completed.rc, completed.stdout) == (1, "x")


@pytest.mark.parametrize("rc", [124, 137])
def test_a_command_that_runs_out_of_time_fails_even_if_its_status_does_not_matter(rc: int) -> None:
    with pytest.raises(CommandError, match="did not end within 60 s"):
        runner(rc=rc).run(["sleep", "inf"], check=False)
