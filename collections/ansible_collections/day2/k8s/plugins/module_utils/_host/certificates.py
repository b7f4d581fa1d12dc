# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: until when the certificates below kubeadm's PKI directory are valid."""

from __future__ import annotations

import ssl
from typing import Any

from .command import CommandError, Runner
from .files import Files
from .times import iso_time

_DIRECTORIES = ("/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd")
_AUTHORITIES = ("ca.crt", "front-proxy-ca.crt")
_ANSWER = "notAfter="


def observe(runner: Runner, files: Files) -> list[dict[str, Any]]:
    """``path``, ``not_after`` (ISO 8601, UTC) and ``authority`` of each; what openssl cannot read is left out."""
    found = []
    for directory in _DIRECTORIES:
        for name in files.names(directory):
            path = f"{directory}/{name}"
            until = _not_after(runner, str(files.path(path))) if name.endswith(".crt") else None
            if until is not None:
                found.append({"path": path, "not_after": until, "authority": name in _AUTHORITIES})
    return found


def _not_after(runner: Runner, path: str) -> str | None:
    try:
        answer = runner.run(["openssl", "x509", "-noout", "-enddate", "-in", path], timeout_seconds=10).stdout.strip()
        return iso_time(ssl.cert_time_to_seconds(answer[len(_ANSWER) :])) if answer.startswith(_ANSWER) else None
    except (CommandError, ValueError):
        return None
