# SPDX-License-Identifier: GPL-3.0-or-later
"""A node of the test's own: scripted answers to commands, files below a directory, and a time that only sleeps pass."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union

from ansible_collections.day2.k8s.plugins.module_utils._host.command import Runner
from ansible_collections.day2.k8s.plugins.module_utils._host.files import Files
from ansible_collections.day2.k8s.plugins.module_utils._host.host import Host
from ansible_collections.day2.k8s.plugins.module_utils._host.work_unit import LOG_DIRECTORY, UNIT

Answer = tuple[int, str, str]
Reply = Union[Answer, str, Callable[[list[str]], "Answer | str"]]  # noqa: UP007 - evaluated on Python 3.9 too


@dataclass
class Time:
    """Seconds since boot; the epoch is so far away that the two are never mixed up."""

    now: float = 1000.0

    def clock(self) -> float:
        return self.now

    def wall_clock(self) -> float:
        return 1_790_000_000.0 + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Commands:
    """Answers commands by their longest scripted beginning; one that nobody scripted fails the test.

    ``run`` lists the commands in order, without the deadline around them.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    run: list[str] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)

    def on(self, beginning: str, reply: Reply = "") -> None:
        self.replies[beginning] = reply

    def __call__(self, argv: list[str], environ_update: Mapping[str, str]) -> Answer:
        bounded, deadline, argv = argv[:2], argv[2], argv[3:]
        assert bounded == ["timeout", "--kill-after=5"], f"{argv} has no deadline"
        assert int(deadline) > 0
        line = shlex.join(argv)
        self.run.append(line)
        self.environments.append(environ_update)
        beginnings = [beginning for beginning in self.replies if line.startswith(beginning)]
        assert beginnings, f"not scripted: {line}"
        reply = self.replies[max(beginnings, key=len)]
        answer = reply(argv) if callable(reply) else reply
        return (0, answer, "") if isinstance(answer, str) else answer

    def matching(self, beginning: str) -> list[str]:
        return [line for line in self.run if line.startswith(beginning)]


class FakeHost:
    """``host`` is what the code under test gets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.time = Time()
        self.commands = Commands()
        self.host = Host(Runner(self.commands), Files(root), self.time.wall_clock, self.time.clock, self.time.sleep)
        self.unit = FakeUnit(self)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


class FakeUnit:
    """systemd's part: the unit is active for ``seconds`` once it was started, then leaves log and result."""

    def __init__(self, fake: FakeHost) -> None:
        self._fake = fake
        self.seconds = 3.0
        self.exit_status = 0
        self.prints = ""
        self.loses_result = False
        self.on_end: Callable[[list[str]], None] = lambda argv: None
        self.started: list[list[str]] = []
        self._description = ""
        self._began = 0.0
        self._work_id = ""
        fake.commands.on(f"systemctl show {UNIT}", self._show)
        fake.commands.on("systemd-run", self._start)

    def busy_with(self, work_id: str, argv: Sequence[str]) -> None:
        """Somebody started this before."""
        self._begin(work_id, f"day2.k8s work {work_id}: {shlex.join(argv)}", list(argv))

    @property
    def active(self) -> bool:
        if self._description and self._fake.time.now >= self._began + self.seconds:
            self._description = ""
            self.on_end(self.started[-1])
            if not self.loses_result:
                began = int(self._fake.time.wall_clock() - self.seconds)
                self._fake.write(
                    f"{LOG_DIRECTORY}/{self._work_id}.result",
                    f"{self.exit_status} {began} {began + int(self.seconds)}\n",
                )
        return bool(self._description)

    def _begin(self, work_id: str, description: str, argv: list[str]) -> None:
        self._work_id, self._description, self._began = work_id, description, self._fake.time.now
        self.started.append(argv)
        self._fake.write(f"{LOG_DIRECTORY}/{work_id}.log", self.prints)

    def _show(self, argv: list[str]) -> str:
        state = "active" if self.active else "inactive"
        return (
            f"Description={self._description}\nActiveState={state}\n"
            f"ExecMainStartTimestampMonotonic={int(self._began * 1e6)}\n"
        )

    def _start(self, argv: list[str]) -> Answer:
        if self.active:
            return 1, "", f"Failed to start transient service unit: Unit {UNIT} was already loaded.\n"
        description = next(word for word in argv if word.startswith("--description=")).partition("=")[2]
        work_id = description.split()[2].rstrip(":")
        command = argv[argv.index("--") + 6 :]
        self._begin(work_id, description, [word.replace("$$", "$") for word in command])
        return 0, "", ""
