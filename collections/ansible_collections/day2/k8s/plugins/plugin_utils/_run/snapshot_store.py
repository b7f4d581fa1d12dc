# SPDX-License-Identifier: GPL-3.0-or-later
"""Where snapshots of etcd are kept on the controller, and for how long: the newest few, and nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# 20260807T101500Z-cp1.tar.gz, .cms where it is encrypted, and the manifest beside it.
_NAME = re.compile(r"^(?P<stem>\d{8}T\d{6}Z-[A-Za-z0-9.-]+?)\.(tar\.gz(\.cms)?|json)$")


def stem(manifest: Mapping[str, Any]) -> str:
    """The name of a snapshot: when, and of which member."""
    return f"{re.sub('[-:]', '', manifest['taken_at'])}-{manifest['member']}"


def keep(directory: Path, manifest: Mapping[str, Any], pieces: Iterable[bytes], *, suffix: str, sha256: str) -> Path:
    """Write a bundle that arrives in ``pieces``, readable by its owner alone; raises ValueError for a damaged one."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = directory / f"{stem(manifest)}{suffix}"
    part = target.with_name(f".{target.name}.part")
    part.touch(mode=0o600)
    digest = hashlib.sha256()
    with part.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != sha256:
        part.unlink()
        raise ValueError(f"its SHA-256 is {digest.hexdigest()} here and {sha256} on the host")
    part.replace(target)
    described = {**manifest, "bundle": target.name, "bundle_sha256": sha256}
    (directory / f"{stem(manifest)}.json").write_text(json.dumps(described, indent=2, sort_keys=True) + "\n")
    return target


def prune(directory: Path, number: int) -> list[str]:
    """Remove all but the newest ``number`` snapshots; the names of the files that went."""
    named = [(match["stem"], path) for path in directory.iterdir() if (match := _NAME.match(path.name))]
    kept = sorted({name for name, _path in named}, reverse=True)[:number]
    gone = sorted((path for name, path in named if name not in kept), key=lambda path: path.name)
    for path in gone:
        path.unlink()
    return [path.name for path in gone]
