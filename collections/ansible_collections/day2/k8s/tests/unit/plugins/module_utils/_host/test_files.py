# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from ansible_collections.day2.k8s.plugins.module_utils._host.files import Files


def test_what_is_not_there_is_none_or_empty(tmp_path: Path) -> None:
    files = Files(tmp_path)

    assert files.read("/etc/x") is None
    assert files.modified_at("/etc/x") is None
    assert files.free_bytes("/etc/x") is None
    assert files.names("/etc/x") == []
    assert not files.exists("/etc/x")


def test_a_file_is_found_below_the_root(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/x").write_bytes(b"caf\xe9")
    files = Files(tmp_path)

    assert files.read("/etc/x") == "caf\ufffd"  # not a reason to stop looking at the host
    assert files.names("/etc") == ["x"]
    assert files.exists("/etc/x")
    assert (files.modified_at("/etc/x") or 0) > 0
    assert (files.free_bytes("/etc") or 0) > 0
