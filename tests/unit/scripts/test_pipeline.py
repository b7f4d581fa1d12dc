# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of `make test` itself: what runs, what is not started any more, and that nothing outlives its time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scripts import pipeline
from scripts.pipeline import Pipeline, Stage, failure_lines, stages, totals
from tests.harness.wait import eventually


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pipeline, "LOGS", tmp_path)
    return tmp_path


def shell(name: str, script: str, *, timeout: float = 30, **fields: object) -> Stage:
    return Stage(name, ("sh", "-c", script), timeout, **fields)  # type: ignore[arg-type]  # the fields of each test


def outcomes(run: Pipeline) -> dict[str, str]:
    return {name: outcome for name, (outcome, _) in run.outcomes.items()}


def test_all_stages_run_though_one_fails() -> None:
    run = Pipeline()

    assert not run.run((shell("setup", "true"), shell("lint", "exit 3"), shell("unit", "true")))
    assert outcomes(run) == {"setup": "ok", "lint": "failed (3)", "unit": "ok"}


def test_nothing_is_run_without_its_setup() -> None:
    run = Pipeline()

    run.run((shell("setup", "false"), shell("unit", "true")))

    assert outcomes(run)["unit"] == "not run"


def test_the_longest_stage_is_not_started_for_a_run_that_has_failed() -> None:
    run = Pipeline()

    run.run((shell("lint", "false"), shell("e2e", "true", only_if_all_passed=True)))

    assert outcomes(run)["e2e"] == "not run"


def test_a_stage_beside_the_others_is_waited_for_by_those_that_need_it(logs: Path) -> None:
    run = Pipeline()

    passed = run.run(
        (
            shell("build", f"sleep 0.3; touch {logs}/built", beside=True),
            shell("lint", f"test ! -e {logs}/built"),
            shell("integration", f"test -e {logs}/built", needs=("build",)),
        )
    )

    assert passed
    assert list(run.outcomes) == ["lint", "build", "integration"]


def test_what_hangs_is_ended_with_all_its_children(logs: Path) -> None:
    run = Pipeline()

    run.run((shell("hangs", f"sleep 60 & echo $! >{logs}/child; wait", timeout=0.5),))

    assert outcomes(run) == {"hangs": "out of time"}
    child = Path("/proc") / (logs / "child").read_text().strip()
    eventually("the child of the stage has ended", lambda: not _runs(child), timeout=5)


def test_the_whole_run_has_a_deadline_of_its_own() -> None:
    run = Pipeline(deadline=time.monotonic() + 0.3)

    run.run((shell("slow", "sleep 60"),))

    assert outcomes(run) == {"slow": "out of time"}


def test_output_is_shown_and_kept(logs: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Pipeline().run((shell("e2e upgrade", "echo out; echo err >&2"),))

    assert (logs / "e2e-upgrade.log").read_text() == "out\nerr\n"
    assert b"out\nerr\n" in capfdbinary.readouterr().out


def test_the_log_of_a_stage_beside_the_others_shows_how_far_it_is(logs: Path) -> None:
    running = pipeline.Running.start(shell("artefacts", "echo compiling; sleep 20", beside=True))
    try:
        log = logs / "artefacts.log"
        assert eventually("the log", lambda: log.exists() and log.read_text(), timeout=10.0) == "compiling\n"
    finally:
        running.kill()


def test_the_end_tells_what_failed_and_not_what_came_after_it(logs: Path) -> None:
    run = Pipeline()

    run.run((shell("unit", "echo 'FAILED tests/test_a.py::test_b - assert 1 == 2'; echo cleaning up; exit 1"),))

    assert run.failures == {"unit": ["FAILED tests/test_a.py::test_b - assert 1 == 2"]}


def test_a_log_without_a_telling_line_ends_with_its_last_ones(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n\n" for number in range(20)))

    assert failure_lines(log)[-1] == "line 19"


def test_the_results_of_all_stages_are_summed_up(tmp_path: Path) -> None:
    for name, failures in (("unit-dev", 0), ("integration-dev", 1)):
        suite = f'<testsuite tests="5" failures="{failures}" errors="0" skipped="2"/>'
        (tmp_path / f"{name}.xml").write_text(f"<testsuites>{suite}</testsuites>")

    assert totals(tmp_path) == {"passed": 5, "failed": 1, "skipped": 4}


def test_every_needed_stage_is_one_that_runs_before() -> None:
    for ci in (False, True):
        seen: set[str] = set()
        for stage in stages(ci=ci):
            assert set(stage.needs) <= seen, stage.name
            seen.add(stage.name)


def _runs(process: Path) -> bool:
    """Whether a process is there and no zombie that only waits to be reaped."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
