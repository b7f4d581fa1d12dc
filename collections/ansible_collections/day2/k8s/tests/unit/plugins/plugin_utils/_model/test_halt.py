# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import Halt


def test_a_halt_is_read_as_it_was_written() -> None:
    halt = Halt("anna@ops1", "2026-08-07T10:15:00Z", "orders are slow")

    assert Halt.from_json(halt.to_json()) == halt
    assert str(halt) == "halted by anna@ops1 at 2026-08-07T10:15:00Z: orders are slow"


@pytest.mark.parametrize("text", ["", "true", "stop, please", '{"by": "anna"}'])
def test_whatever_somebody_wrote_there_by_hand_halts_as_well(text: str) -> None:
    assert Halt.from_json(text) == Halt("somebody", "an unknown time", text)
