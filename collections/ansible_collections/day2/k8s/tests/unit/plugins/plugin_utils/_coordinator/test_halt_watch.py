# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.halt_watch import HaltWatch
from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import Halt
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY

HALT = Halt("anna@ops1", "2026-08-07T10:15:00Z", "")


class Flag:
    """What the API would answer, and what the watch made of it."""

    def __init__(self) -> None:
        self.halt: Halt | None = None
        self.away = False
        self.told: list[Halt | None] = []
        self.watch = HaltWatch(self._read, self.told.append)

    def _read(self) -> Halt | None:
        if self.away:
            raise AWAY
        return self.halt


def test_a_change_is_told_once_in_each_direction() -> None:
    flag = Flag()

    for halt in (None, HALT, HALT, None, None):
        flag.halt = halt
        flag.watch.look()

    assert flag.told == [HALT, None]


def test_while_the_api_is_away_what_was_seen_last_holds() -> None:
    flag = Flag()
    flag.halt = HALT
    flag.watch.look()

    flag.away = True
    flag.watch.look()

    assert flag.told == [HALT]
