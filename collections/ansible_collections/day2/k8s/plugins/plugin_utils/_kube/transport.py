# SPDX-License-Identifier: GPL-3.0-or-later
"""One way to the API: raw JSON over the kubernetes client's connection pool.

Below the client's typed layers, because those cost seconds per list and changed signature between releases (37.0);
its configuration, TLS set-up, proxies and credentials are used as they are.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.client import RemoteDisconnected
from typing import Any, TypeVar
from urllib.parse import urlencode

from .._model.api_error import UNREACHABLE, ApiError, Cause
from .connection import ConnectionOptions, load_configuration
from .list_page import items

__all__ = ["ApiError", "Cause", "Transport"]

PAGE_SIZE = 500
_Answer = TypeVar("_Answer")
# By thread: whether its request had to open a connection. A request is sent, and its connection opened, in one thread.
_opening = threading.local()
_SUCCESS = 200
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
# How texts of urllib3 begin: 2.x with the connection's address, 1.x with its address in memory.
_CONNECTION = re.compile(r"^(?:<[^>]*>|\w+\([^()]*\)): ")


class Transport:
    """Requests to one API server (or its load balancer); may be shared by threads.

    With ``patience`` (seconds) reads are repeated that long while the API is unreachable, overloaded or failing, as it
    is for moments while a control plane is upgraded. Writes are never repeated here: whoever writes knows whether that
    is safe.
    """

    def __init__(
        self,
        options: ConnectionOptions,
        *,
        patience: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._generation = 0
        self._configuration = load_configuration(options)
        self._pool = _new_pool(self._configuration)

    @property
    def server(self) -> str:
        """The URL in use, for messages."""
        return str(self._configuration.host)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
        timeout: float = 10.0,
        new_connection: bool = False,
    ) -> dict[str, Any]:
        """The decoded answer; raises ApiError for everything else, also when no answer came within ``timeout`` seconds.

        ``new_connection`` uses a connection of its own for this one request, as a client that starts now would.
        """

        def attempt() -> dict[str, Any]:
            content = self._authorized(method, path, body, query, content_type, timeout, new_connection)
            return _decoded(content, path, self.server)

        return attempt() if method != "GET" else self._patiently(attempt)

    def pages(
        self, path: str, query: Mapping[str, Any] | None = None, *, timeout: float = 30.0
    ) -> Iterator[dict[str, Any]]:
        """The raw items of a list, fetched page by page.

        A list that outlives its continue token goes on from where it was, as the server offers: the rest is then newer
        than the beginning, which is no problem to callers that observe again before they act.
        """
        parameters = {**(query or {}), "limit": PAGE_SIZE}
        while True:
            fetch = partial(self._authorized, "GET", path, None, dict(parameters), "", timeout, new_connection=False)
            try:
                content = self._patiently(fetch)
            except ApiError as error:
                if error.status != 410 or not error.resume:
                    raise
                parameters["continue"] = error.resume
                continue
            try:
                page = yield from items(content)
            except ValueError as error:
                raise _no_object(path, self.server) from error
            token = (page.get("metadata") or {}).get("continue")
            if not token:
                return
            parameters["continue"] = token
            parameters.pop("resourceVersion", None)  # the token already says which version it continues

    def _patiently(self, attempt: Callable[[], _Answer]) -> _Answer:
        give_up = self._clock() + self._patience
        pause = _FIRST_PAUSE
        while True:
            try:
                return attempt()
            except ApiError as error:
                wait = max(error.retry_after or 0.0, pause)
                if not error.transient or self._clock() + wait > give_up:
                    raise
            self._sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _authorized(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, Any] | None,
        content_type: str,
        timeout: float,
        new_connection: bool,
    ) -> bytes:
        """One request; once more with credentials read anew when these have expired (tokens, exec certificates)."""
        generation = self._generation
        try:
            return self._once(method, path, body, query, content_type, timeout, new_connection)
        except ApiError as error:
            if error.status != 401:
                raise
        self._reload(generation)
        return self._once(method, path, body, query, content_type, timeout, new_connection)

    def _once(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, Any] | None,
        content_type: str,
        timeout: float,
        new_connection: bool,
    ) -> bytes:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        with self._guard:
            configuration, pool = self._configuration, self._pool
            headers = _credentials(configuration)
        headers |= {"Accept": "application/json", "User-Agent": "day2.k8s"}
        if body is not None:
            headers["Content-Type"] = content_type
        url = configuration.host + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        own_pool = _new_pool(configuration) if new_connection else None
        _opening.seen = False
        try:
            answer = (own_pool or pool).request(
                method,
                url,
                body=None if body is None else json.dumps(body).encode(),
                headers=headers,
                timeout=Timeout(total=timeout),
                retries=False,
                redirect=False,
            )
            content: bytes = answer.data
        except (HTTPError, OSError) as error:
            dropped = not (new_connection or _opening.seen) and _before_the_first_byte(error)
            raise ApiError(UNREACHABLE, "", f"no answer: {_in_words(error)}", dropped=dropped) from error
        finally:
            if own_pool is not None:
                own_pool.clear()
        if not 200 <= answer.status < 300:
            raise ApiError.from_answer(answer.status, content, answer.headers)
        return content

    def _reload(self, seen: int) -> None:
        """Reads the configuration again, unless another thread has done so since ``seen``."""
        with self._guard:
            if self._generation != seen:
                return
            self._configuration = load_configuration(self._options)
            self._pool = _new_pool(self._configuration)
            self._generation += 1


def _new_pool(configuration: Any) -> Any:
    """A urllib3 pool manager with the configuration's TLS and proxy settings."""
    from kubernetes.client.rest import RESTClientObject

    manager = RESTClientObject(configuration).pool_manager
    _note_opening(manager.connection_from_url(configuration.host))
    return manager


def _note_opening(pool: Any) -> None:
    """The pool opens a connection anew, without a word, where it finds that an idle one was closed."""
    plain: Any = pool.ConnectionCls

    class Noting(plain):
        def connect(self) -> None:
            _opening.seen = True
            super().connect()

    pool.ConnectionCls = Noting


def _before_the_first_byte(error: Exception) -> bool:
    """Whether the server closed the connection instead of answering; one closed amid an answer is another error."""
    from urllib3.exceptions import ProtocolError

    closed = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)
    aborted = isinstance(error, ProtocolError) and error.args[0] == "Connection aborted."
    return aborted and isinstance(error.args[-1], closed)


def _credentials(configuration: Any) -> dict[str, str]:
    """Headers; asks the client each time, because that is what refreshes exec plugins' and service accounts' tokens."""
    settings = configuration.auth_settings().values()
    return {s["key"]: s["value"] for s in settings if s["in"] == "header" and s["value"]}


def _in_words(error: Exception) -> str:
    """What went wrong, without the connection or pool that urllib3 names first: whoever tells it names the server."""
    return _CONNECTION.sub("", str(error)) or type(error).__name__


def _decoded(content: bytes, path: str, server: str) -> dict[str, Any]:
    """The JSON object; ``/readyz`` and its like answer with text, which comes back as ``{"text": …}``."""
    try:
        decoded = json.loads(content) if content else {}
    except ValueError as error:
        if not path.startswith("/api"):
            return {"text": content.decode(errors="replace")}
        raise _no_object(path, server) from error
    if not isinstance(decoded, dict):
        raise _no_object(path, server)
    return decoded


def _no_object(path: str, server: str) -> ApiError:
    told = f"{server} did not answer {path} with a JSON object; is something else in between?"
    return ApiError(_SUCCESS, "", told)
