# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.command import CommandError
from ansible_collections.day2.k8s.plugins.module_utils._host.undo import DIRECTORY, Undo
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


@pytest.fixture
def undo(fake: FakeHost) -> Undo:
    fake.commands.on("systemctl stop day2-undo-")
    fake.commands.on("systemctl restart day2-undo-")
    fake.commands.on("systemd-run --unit=day2-undo-")
    return Undo(fake.host.runner, fake.host.files)


def _script(fake: FakeHost, name: str) -> str:
    return (fake.root / f"{DIRECTORY.lstrip('/')}/{name}.sh").read_text(encoding="utf-8")


def test_an_undo_is_armed_with_a_timer_that_needs_nobody(fake: FakeHost, undo: Undo) -> None:
    undo.arm("isolation", [["nft", "delete", "table", "ip", "a b"]], timeout_seconds=300)

    assert undo.armed() == ["isolation"]
    assert "nft delete table ip 'a b' || status=1" in _script(fake, "isolation")
    (armed,) = fake.commands.matching("systemd-run")
    assert "--on-active=300s" in armed
    assert armed.endswith(f" /bin/sh {DIRECTORY}/isolation.sh once-work-has-ended")


def test_the_timers_unit_holds_nothing_that_a_reload_of_systemd_changes(fake: FakeHost, undo: Undo) -> None:
    undo.arm("isolation", [["sh", "-c", "echo $HOME"]], timeout_seconds=300)

    assert "$" not in fake.commands.matching("systemd-run")[0]


@pytest.mark.parametrize("questions", [0, 3])
def test_the_timer_waits_for_work_that_goes_on_and_then_undoes(fake: FakeHost, undo: Undo, questions: int) -> None:
    asked: list[list[str]] = []
    fake.commands.on("systemd-run --unit=day2-undo-", lambda argv: asked.append(argv) or "")
    undo.arm("isolation", [["touch", str(fake.root / "undone")]], timeout_seconds=300)
    left = fake.write("/left", "\n" * questions)
    programs = fake.root / "programs"
    programs.mkdir()
    # systemctl is-active says yes as often as there are lines left.
    ask = f'#!/bin/sh\n[ "$(wc -l <{left})" -gt 0 ] && sed -i 1d {left}\n'
    for name, text in {"systemctl": ask, "sleep": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    shell, script, word = asked[0][asked[0].index("--") + 1 :]

    ended = subprocess.run(
        [shell, str(fake.root / script.lstrip("/")), word],
        check=False,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
    )

    assert ended.returncode == 0
    assert (fake.root / "undone").exists()
    assert left.read_text(encoding="utf-8") == ""


def test_arming_again_replaces_what_was_armed(fake: FakeHost, undo: Undo) -> None:
    undo.arm("isolation", [["true"]], timeout_seconds=300)
    undo.arm("isolation", [["false"]], timeout_seconds=60)

    assert fake.commands.run.index("systemctl stop day2-undo-isolation.timer") == 0
    assert "false || status=1" in _script(fake, "isolation")
    assert undo.armed() == ["isolation"]


def test_nothing_is_armed_where_the_timer_cannot_be_started(fake: FakeHost, undo: Undo) -> None:
    fake.commands.on("systemd-run --unit=day2-undo-", (1, "", "no systemd"))

    with pytest.raises(CommandError, match="no systemd"):
        undo.arm("isolation", [["true"]], timeout_seconds=300)

    assert undo.armed() == []


def test_whoever_is_still_there_gives_all_undos_their_whole_time_again(fake: FakeHost, undo: Undo) -> None:
    undo.arm("drill", [["true"]], timeout_seconds=300)
    undo.arm("isolation", [["true"]], timeout_seconds=300)

    undo.prolong()

    assert fake.commands.matching("systemctl restart") == [
        "systemctl restart day2-undo-drill.timer",
        "systemctl restart day2-undo-isolation.timer",
    ]


def test_the_timer_stays_until_all_of_it_is_undone(fake: FakeHost, undo: Undo) -> None:
    undo.arm("isolation", [["true"]], timeout_seconds=300)
    fake.commands.run.clear()
    fake.commands.on("/bin/sh", (1, "", "busy"))

    with pytest.raises(CommandError, match="busy"):
        undo.run("isolation")
    assert fake.commands.matching("systemctl stop") == []

    fake.commands.on("/bin/sh", "")
    undo.run("isolation")
    assert fake.commands.matching("systemctl stop") == ["systemctl stop day2-undo-isolation.timer"]


@pytest.mark.parametrize(("first", "status", "left"), [("true", 0, []), ("false", 1, ["drill"])])
def test_a_script_tries_every_command_and_goes_when_all_have_succeeded(
    fake: FakeHost, undo: Undo, first: str, status: int, left: list[str]
) -> None:
    witness = fake.root / "second"
    undo.arm("drill", [[first], ["touch", str(witness)]], timeout_seconds=60)

    ended = subprocess.run(["/bin/sh", str(fake.root / f"{DIRECTORY.lstrip('/')}/drill.sh")], check=False)

    assert ended.returncode == status
    assert witness.exists()
    assert undo.armed() == left


def test_a_name_that_is_no_unit_name_is_refused(undo: Undo) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        undo.arm("../x", [["true"]], timeout_seconds=1)
