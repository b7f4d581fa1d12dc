# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's way to the API, independent of the code under test."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

MERGE_PATCH = "application/merge-patch+json"


class ApiStatusError(Exception):
    """The API answered with something else than success."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Api:
    """Raw JSON requests to ``server`` with a bearer token."""

    def __init__(self, server: str, token: str, ca: Path) -> None:
        self.server = server
        self._token = token
        self._context = ssl.create_default_context(cafile=str(ca))

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json", **query: Any
    ) -> Any:
        """Return the decoded answer (text, if it is no JSON); raises ApiStatusError, or OSError when nobody answers."""
        request = urllib.request.Request(
            f"{self.server}{path}{'?' + urlencode(query) if query else ''}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content_type},
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=self._context) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise ApiStatusError(error.code, error.read().decode(errors="replace")) from error
        try:
            return json.loads(content)
        except ValueError:
            return content.decode()

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, **query)

    def list(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return the items below ``path``."""
        items: list[dict[str, Any]] = self.get(path, **query)["items"]
        return items

    def exists(self, path: str) -> bool:
        try:
            self.get(path)
        except ApiStatusError as error:
            if error.code == 404:
                return False
            raise
        return True

    def post(self, path: str, body: Any) -> Any:
        return self.request("POST", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.request("PUT", path, body)

    def merge(self, path: str, body: Any) -> Any:
        """Apply a merge patch."""
        return self.request("PATCH", path, body, content_type=MERGE_PATCH)

    def delete(self, path: str, **query: Any) -> None:
        """Delete; what is not there is no error."""
        try:
            self.request("DELETE", path, **query)
        except ApiStatusError as error:
            if error.code != 404:
                raise
