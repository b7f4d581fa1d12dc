# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.artefacts import node_root


def test_a_mirror_named_by_the_user_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAY2_LAB_DEBIAN_MIRROR", "http://mirror.example/debian")
    assert node_root.debian_mirror() == "http://mirror.example/debian"
