# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.undo import undo_all
from ansible_collections.day2.k8s.plugins.module_utils._host.undo import DIRECTORY
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


@pytest.fixture
def armed(fake: FakeHost) -> FakeHost:
    def run(argv: list[str]) -> str:
        fake.host.files.remove(argv[1])
        return ""

    for name in ("drill", "isolation"):
        fake.host.files.write(f"{DIRECTORY}/{name}.sh", "true\n")
    fake.commands.on("/bin/sh", run)
    fake.commands.on("systemctl stop day2-undo-")
    return fake


def test_everything_that_is_armed_is_undone_and_disarmed(armed: FakeHost) -> None:
    assert undo_all(armed.host, check_mode=False) == {"changed": True, "undone": ["drill", "isolation"]}

    assert armed.host.files.names(DIRECTORY) == []
    assert len(armed.commands.matching("systemctl stop")) == 2


def test_what_fails_is_named_and_stays_armed_while_the_rest_is_undone(armed: FakeHost) -> None:
    armed.commands.on(f"/bin/sh {DIRECTORY}/drill.sh", (1, "", "busy"))

    with pytest.raises(HostError, match=r"drill: .*busy") as raised:
        undo_all(armed.host, check_mode=False)

    assert raised.value.code == "D2-UNDO-001"
    assert raised.value.result["undone"] == ["isolation"]
    assert armed.host.files.names(DIRECTORY) == ["drill.sh"]


def test_check_mode_only_tells(armed: FakeHost) -> None:
    assert undo_all(armed.host, check_mode=True) == {"changed": True, "undone": ["drill", "isolation"]}
    assert armed.commands.run == []


def test_a_host_without_anything_armed_is_left_alone(fake: FakeHost) -> None:
    assert undo_all(fake.host, check_mode=False) == {"changed": False, "undone": []}
