# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test`: the stages of a full test run, each bounded, with a table of their times and of what failed in the end.

Needs nothing but Python itself, for it is what sets everything else up.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

CHECKOUT = Path(__file__).resolve().parents[1]
RESULTS = CHECKOUT / "artifacts" / "test-results"
LOGS = CHECKOUT / "artifacts" / "logs"
# A CI job is given 90 minutes; what hangs must end early enough to be told.
TOTAL_SECONDS = 85 * 60.0

# How the tools used here begin the lines that tell what failed; the last words of a long log, not the whole of it.
_FAILURE = re.compile(rb"^(FAILED |ERROR |E   |fatal: |REFUSED |FAIL|\[ERROR\]|error: |[\w./-]+:\d+:)")
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_FAILURE_LINES, _FAILURE_WIDTH = 6, 200


@dataclass(frozen=True)
class Stage:
    """One step. One ``beside`` the others runs until :attr:`needs` of a later stage names it."""

    name: str
    argv: tuple[str, ...]
    timeout: float
    beside: bool = False
    needs: tuple[str, ...] = ()
    # The longest stages are not started when it is already clear that the run fails.
    only_if_all_passed: bool = False

    @property
    def log(self) -> Path:
        """Where its output goes; what is not ``beside`` the others is shown as well."""
        return LOGS / f"{self.name.replace(' ', '-')}.log"


def stages(*, ci: bool) -> tuple[Stage, ...]:
    """Return the stages in order. In CI nobody else's clusters can be on the machine, so all leftovers go."""
    leftovers = ("lab/lab", "down", "--all") if ci else ("lab/lab", "down", "e2e-upgrade")
    return (
        Stage("setup", ("make", "setup"), 900),
        Stage("leftovers", leftovers, 300),
        Stage("artefacts", ("nice", "-n", "10", "make", "lab"), 3000, beside=True),
        Stage("lint", ("make", "lint"), 900),
        Stage("repository", ("make", "repository"), 300),
        Stage("unit", ("make", "unit"), 900),
        Stage("sanity", ("make", "sanity"), 1800),
        Stage("integration", ("make", "integration"), 2100, needs=("artefacts",)),
        Stage("e2e upgrade", ("scripts/e2e.sh", "upgrade"), 3000, needs=("artefacts",), only_if_all_passed=True),
    )


@dataclass
class Running:
    """A stage under way, in a process group of its own so that all of it can be ended."""

    stage: Stage
    process: subprocess.Popen[bytes]
    started: float
    copier: threading.Thread

    @classmethod
    def start(cls, stage: Stage) -> Running:
        process = subprocess.Popen(
            stage.argv,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        copier = threading.Thread(target=_copy, args=(process.stdout, stage.log, not stage.beside), daemon=True)
        copier.start()
        return cls(stage, process, time.monotonic(), copier)

    def end(self, deadline: float) -> tuple[str, float]:
        """Wait for the end, until ``deadline`` of the monotonic clock at most; returns the outcome and the seconds."""
        limit = min(self.started + self.stage.timeout, deadline)
        try:
            status = self.process.wait(max(0.0, limit - time.monotonic()))
            outcome = "ok" if status == 0 else f"failed ({status})"
        except subprocess.TimeoutExpired:
            outcome = "out of time"
            self.kill()
        # Longer only where something that outlives the stage holds its output open.
        self.copier.join(5.0)
        return outcome, time.monotonic() - self.started

    def kill(self) -> None:
        """End the whole process group: politely, so that clusters and processes are taken down, then by force."""
        for number, patience in ((signal.SIGTERM, 60.0), (signal.SIGKILL, 5.0)):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(patience)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue


@dataclass
class Pipeline:
    """Runs stages and remembers how they ended."""

    outcomes: dict[str, tuple[str, float]] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    deadline: float = field(default_factory=lambda: time.monotonic() + TOTAL_SECONDS)

    def run(self, plan: tuple[Stage, ...]) -> bool:
        """Run all stages; returns whether all of them passed."""
        try:
            for stage in plan:
                for name in stage.needs:
                    self._collect(name)
                if self._pointless(stage):
                    self.outcomes[stage.name] = ("not run", 0.0)
                else:
                    self._start(stage)
                    if not stage.beside:
                        self._collect(stage.name)
            for name in list(self.running):
                self._collect(name)
        finally:
            for left in self.running.values():
                left.kill()
        return self.passed

    @property
    def passed(self) -> bool:
        return all(outcome == "ok" for outcome, _ in self.outcomes.values())

    def _pointless(self, stage: Stage) -> bool:
        setup_failed = self.outcomes.get("setup", ("ok", 0.0))[0] != "ok"
        return setup_failed or (stage.only_if_all_passed and not self.passed)

    def _start(self, stage: Stage) -> None:
        print(f"\n=== {stage.name}{f' (beside the others, {stage.log})' if stage.beside else ''}", flush=True)
        self.running[stage.name] = Running.start(stage)

    def _collect(self, name: str) -> None:
        if name not in self.running:
            return
        running = self.running[name]
        if running.stage.beside:
            print(f"\n=== waiting for {name}", flush=True)
        outcome, seconds = self.outcomes[name] = running.end(self.deadline)
        del self.running[name]
        if outcome != "ok":
            self.failures[name] = failure_lines(running.stage.log)
            if running.stage.beside:
                print(running.stage.log.read_text(errors="replace")[-4000:])
        print(f"=== {name}: {outcome}, {seconds:.0f} s", flush=True)


def _copy(output: IO[bytes], log: Path, show: bool) -> None:
    # Unbuffered: who waits for a stage beside the others looks at how far it is.
    with output, log.open("wb", buffering=0) as file:
        while chunk := output.read1(65536):  # type: ignore[attr-defined]  # pipes are buffered readers
            file.write(chunk)
            if show:
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()


def failure_lines(log: Path) -> list[str]:
    """The last lines of a stage's log that tell what failed; without any, its very last ones."""
    lines = [_COLOUR.sub(b"", line).rstrip() for line in log.read_bytes().splitlines()]
    lines = [line for line in lines if line.strip()]
    telling = [line for line in lines if _FAILURE.match(line.lstrip())] or lines
    return [line.decode(errors="replace")[:_FAILURE_WIDTH] for line in telling[-_FAILURE_LINES:]]


def totals(results: Path) -> dict[str, int]:
    """Sum up the JUnit files of all stages."""
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for file in results.glob("*.xml"):
        for suite in ElementTree.parse(file).getroot().iter("testsuite"):
            for key in counts:
                counts[key] += int(suite.get(key, 0))
    failed = counts["failures"] + counts["errors"]
    return {
        "passed": counts["tests"] - failed - counts["skipped"],
        "failed": failed,
        "skipped": counts["skipped"],
    }


def main() -> int:
    """Run everything; the exit code is 0 only if all stages passed."""
    signal.signal(signal.SIGTERM, _interrupt)
    for directory in (RESULTS, LOGS):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    started = time.monotonic()
    pipeline = Pipeline()
    passed = pipeline.run(stages(ci=os.environ.get("CI", "").lower() in ("1", "true")))
    print(f"\n{'stage':14} {'seconds':>8}  outcome")
    for name, (outcome, seconds) in pipeline.outcomes.items():
        print(f"{name:14} {seconds:8.0f}  {outcome}")
    print(f"{'in all':14} {time.monotonic() - started:8.0f}  {'ok' if passed else 'FAILED'}\n")
    print(", ".join(f"{count} {what}" for what, count in totals(RESULTS).items()))
    # Last, for where only the end of the output is kept.
    for name, lines in pipeline.failures.items():
        print(f"\n{name}, see {LOGS}:", *lines, sep="\n  ")
    return 0 if passed else 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
