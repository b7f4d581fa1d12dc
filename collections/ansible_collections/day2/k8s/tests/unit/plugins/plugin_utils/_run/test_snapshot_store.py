# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._run.snapshot_store import keep, prune

MANIFEST = {"taken_at": "2026-08-07T10:15:00Z", "member": "cp1.example", "revision": 4711}
PIECES = [b"abc", b"def"]
DIGEST = hashlib.sha256(b"abcdef").hexdigest()


def test_a_bundle_is_kept_with_its_manifest_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "etcd"

    kept = keep(directory, MANIFEST, PIECES, suffix=".tar.gz.cms", sha256=DIGEST)

    assert kept == directory / "20260807T101500Z-cp1.example.tar.gz.cms"
    assert kept.read_bytes() == b"abcdef"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    described = json.loads((directory / "20260807T101500Z-cp1.example.json").read_text(encoding="utf-8"))
    assert (described["revision"], described["bundle"], described["bundle_sha256"]) == (4711, kept.name, DIGEST)


def test_one_that_is_damaged_on_its_way_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="and 00 on the host"):
        keep(tmp_path, MANIFEST, PIECES, suffix=".tar.gz", sha256="00")

    assert list(tmp_path.iterdir()) == []


def test_only_the_newest_stay_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for day in ("05", "06", "07"):
        keep(tmp_path, {**MANIFEST, "taken_at": f"2026-08-{day}T10:15:00Z"}, PIECES, suffix=".tar.gz", sha256=DIGEST)
    (tmp_path / "20260801T101500Z-mine.txt").touch()
    (tmp_path / "notes.json").touch()

    removed = prune(tmp_path, 2)

    assert removed == ["20260805T101500Z-cp1.example.json", "20260805T101500Z-cp1.example.tar.gz"]
    assert len(list(tmp_path.iterdir())) == 6
    assert prune(tmp_path, 2) == []
