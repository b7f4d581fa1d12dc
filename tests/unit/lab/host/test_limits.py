# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from lab.host.limits import raise_inotify


def test_limits_that_are_too_small_are_raised_and_larger_ones_stay(tmp_path: Path) -> None:
    (tmp_path / "max_user_instances").write_text("128\n")
    (tmp_path / "max_user_watches").write_text("1048576\n")

    raise_inotify(tmp_path)

    assert int((tmp_path / "max_user_instances").read_text()) == 8192
    assert int((tmp_path / "max_user_watches").read_text()) == 1048576
