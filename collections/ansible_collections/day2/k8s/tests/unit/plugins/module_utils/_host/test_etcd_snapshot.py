# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.etcd_snapshot import Snapshot, receive
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError

DATABASE = bytes(range(256)) * 4
DIGEST = hashlib.sha256(DATABASE).digest()


def _stream(content: bytes, *, piece: int = 300) -> list[bytes]:
    """As the gateway answers: one object a line."""
    return [
        json.dumps(
            {
                "result": {
                    "header": {"member_id": "1"},
                    "remaining_bytes": str(len(content) - at - piece),
                    "blob": base64.b64encode(content[at : at + piece]).decode(),
                    "version": "3.6.0",
                }
            }
        ).encode()
        for at in range(0, len(content), piece)
    ]


@pytest.mark.parametrize("piece", [1, 31, 32, 33, 300, 5000])
def test_a_whole_snapshot_is_written_with_its_digest_and_told(tmp_path: Path, piece: int) -> None:
    target = tmp_path / "snapshot.db"

    snapshot = receive(_stream(DATABASE + DIGEST, piece=piece), target, "https://cp1:2379")

    assert snapshot == Snapshot(len(DATABASE) + 32, hashlib.sha256(DATABASE).hexdigest(), "3.6.0")
    assert target.read_bytes() == DATABASE + DIGEST


@pytest.mark.parametrize(
    ("lines", "trouble"),
    [
        (_stream(DATABASE + DIGEST)[:-1], "is not whole"),
        (_stream(DATABASE), "is not whole"),
        ([], "is not whole"),
        (_stream(DATABASE[:-1] + b"!" + DIGEST), "is damaged"),
        ([*_stream(DATABASE)[:1], b'{"result": {"blo'], "broke off"),
        ([b'{"error": {"message": "timed out"}}'], "broke the snapshot off"),
    ],
)
def test_what_is_not_a_whole_snapshot_is_refused(tmp_path: Path, lines: list[bytes], trouble: str) -> None:
    with pytest.raises(HttpError, match=trouble):
        receive(lines, tmp_path / "snapshot.db", "https://cp1:2379")
