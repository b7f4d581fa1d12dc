# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import decode, encode


def test_a_message_is_one_line_whatever_it_holds() -> None:
    line = encode({"message": "first\nsecond"})

    assert line.count(b"\n") == 1
    assert decode(line) == {"message": "first\nsecond"}


@pytest.mark.parametrize("line", [b"", b'{"op": "status"}', b"[1]\n", b"nonsense\n"])
def test_anything_but_a_whole_object_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)
