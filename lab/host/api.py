# SPDX-License-Identifier: GPL-3.0-or-later
"""A small reader of the Kubernetes API for the lab's own use, out of a kubeconfig file and the standard library."""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from lab.errors import LabError


@dataclass(frozen=True)
class Access:
    """How to reach an API server and who to be there."""

    host: str
    port: int
    context: ssl.SSLContext
    headers: dict[str, str]

    def connect(self, *, timeout_seconds: float) -> HTTPSConnection:
        """A connection that is opened by its first request."""
        return HTTPSConnection(self.host, self.port, timeout=timeout_seconds, context=self.context)


class ApiError(LabError):
    """The API answered with an error, or not at all."""


def access(kubeconfig: Path) -> Access:
    """Read a kubeconfig of one cluster and one user, as the lab and kubeadm write them (data inline)."""
    data = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    cluster, user = data["clusters"][0]["cluster"], data["users"][0]["user"]
    server = urlsplit(cluster["server"])
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    headers = {"Accept": "application/json"}
    if "token" in user:
        headers["Authorization"] = f"Bearer {user['token']}"
    else:
        # ssl reads client certificates from files only.
        with tempfile.NamedTemporaryFile("wb", suffix=".pem") as pair:
            for half in ("client-certificate-data", "client-key-data"):
                pair.write(base64.b64decode(user[half]))
            pair.flush()
            context.load_cert_chain(pair.name)
    return Access(str(server.hostname), server.port or 443, context, headers)


def get(where: Access, path: str, *, timeout_seconds: float = 10) -> dict[str, Any]:
    """GET one object or list; raise `ApiError` when that fails."""
    connection = where.connect(timeout_seconds=timeout_seconds)
    try:
        connection.request("GET", path, headers=where.headers)
        response = connection.getresponse()
        body = response.read()
    except (OSError, HTTPException) as error:
        raise ApiError(f"GET {path}: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise ApiError(f"GET {path}: {response.status} {body[:200].decode(errors='replace')}")
    parsed = json.loads(body)
    assert isinstance(parsed, dict)
    return parsed
