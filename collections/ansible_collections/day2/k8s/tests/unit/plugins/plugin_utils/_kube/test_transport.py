# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from urllib3.exceptions import ProtocolError

from ansible_collections.day2.k8s.plugins.plugin_utils._kube import transport as module
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import PAGE_SIZE, ApiError, Transport
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

SERVER = "https://api.example.com:6443"


def answer(status: int = 200, body: Any = None, **headers: str) -> SimpleNamespace:
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return SimpleNamespace(status=status, data=content, headers={k.replace("_", "-"): v for k, v in headers.items()})


class Wire:
    """What the transport's pools send and get: ``answers`` in order, an exception among them is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[SimpleNamespace] = []
        self.pools = 0
        self.cleared = 0
        self.tokens = ["token-1", "token-2"]
        self.loads = 0

    def load(self, _options: ConnectionOptions) -> SimpleNamespace:
        token = self.tokens[min(self.loads, len(self.tokens) - 1)]
        self.loads += 1
        settings = {"BearerToken": {"in": "header", "key": "authorization", "value": f"Bearer {token}"}}
        return SimpleNamespace(host=SERVER, auth_settings=lambda: settings)

    def new_pool(self, _configuration: Any) -> SimpleNamespace:
        self.pools += 1
        return SimpleNamespace(request=self._request, clear=self._clear)

    def _clear(self) -> None:
        self.cleared += 1

    def _request(self, method: str, url: str, **options: Any) -> SimpleNamespace:
        self.sent.append(SimpleNamespace(method=method, url=url, **options))
        following = self.answers.pop(0)
        if isinstance(following, Exception):
            raise following
        assert isinstance(following, SimpleNamespace)
        return following


Connect = Callable[..., tuple[Transport, Wire, Clock]]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """``connect(*answers, patience=0)`` returns a transport, what is behind it, and its clock."""

    def connected(*answers: Any, patience: float = 0.0) -> tuple[Transport, Wire, Clock]:
        wire, clock = Wire(*answers), Clock()
        monkeypatch.setattr(module, "load_configuration", wire.load)
        monkeypatch.setattr(module, "_new_pool", wire.new_pool)
        transport = Transport(ConnectionOptions(), patience=patience, clock=clock, sleep=clock.sleep)
        return transport, wire, clock

    return connected


def test_a_request_carries_credentials_query_and_body(connect: Connect) -> None:
    transport, wire, _dummy = connect(answer(body={"kind": "Pod"}))

    found = transport.request(
        "PATCH", "/api/v1/x", body={"a": 1}, query={"dryRun": "All"}, content_type="application/y"
    )

    assert found == {"kind": "Pod"}
    (sent,) = wire.sent
    assert (sent.method, sent.url, json.loads(sent.body)) == ("PATCH", f"{SERVER}/api/v1/x?dryRun=All", {"a": 1})
    assert sent.headers["authorization"] == "Bearer token-1"
    assert sent.headers["Content-Type"] == "application/y"
    assert sent.retries is False
    assert sent.redirect is False


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ProtocolError("Connection aborted"), "no answer: Connection aborted"),
        (ProtocolError("HTTPSConnection(host='api.example.com', port=6443): refused"), "no answer: refused"),
        (ProtocolError("<urllib3.connection.HTTPSConnection object at 0x7f>: refused"), "no answer: refused"),
        (OSError(), "no answer: OSError"),
    ],
)
def test_no_answer_is_an_error_with_status_zero_that_leaves_the_server_to_whoever_tells_it(
    connect: Connect, error: Exception, message: str
) -> None:
    transport, *_dummy = connect(error)

    with pytest.raises(ApiError) as raised:
        transport.request("GET", "/version")

    assert (raised.value.status, raised.value.message) == (0, message)
    assert raised.value.finding(SERVER).subject == SERVER


def test_patient_reads_outlast_trouble(connect: Connect) -> None:
    transport, wire, clock = connect(
        ProtocolError("gone"), answer(503), answer(429, Retry_After="3"), answer(), patience=30
    )
    started = clock.now

    assert transport.request("GET", "/version") == {}

    assert len(wire.sent) == 4
    assert clock.now - started == 0.5 + 1.0 + 3.0


def test_patience_ends(connect: Connect) -> None:
    transport, wire, clock = connect(*[answer(503)] * 99, patience=30)
    started = clock.now

    with pytest.raises(ApiError):
        transport.request("GET", "/version")

    assert clock.now - started <= 30
    assert len(wire.sent) < 15


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_what_will_not_pass_is_not_repeated(connect: Connect, status: int) -> None:
    transport, wire, _dummy = connect(answer(status), patience=30)

    with pytest.raises(ApiError):
        transport.request("GET", "/version")

    assert len(wire.sent) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_writes_are_never_repeated(connect: Connect, method: str) -> None:
    transport, wire, _dummy = connect(ProtocolError("gone"), patience=30)

    with pytest.raises(ApiError):
        transport.request(method, "/api/v1/x", body={})

    assert len(wire.sent) == 1


def test_expired_credentials_are_read_anew_once_also_for_writes(connect: Connect) -> None:
    transport, wire, _dummy = connect(answer(401), answer())

    transport.request("POST", "/api/v1/x", body={})

    assert [sent.headers["authorization"] for sent in wire.sent] == ["Bearer token-1", "Bearer token-2"]


def test_credentials_that_stay_refused_are_an_error(connect: Connect) -> None:
    transport, wire, _dummy = connect(answer(401), answer(401))

    with pytest.raises(ApiError):
        transport.request("GET", "/version")

    assert len(wire.sent) == 2


def test_pages_follow_the_continue_token(connect: Connect) -> None:
    transport, wire, _dummy = connect(
        answer(body={"items": [{"n": 1}], "metadata": {"continue": "next"}}),
        answer(body={"items": [{"n": 2}], "metadata": {}}),
    )

    assert list(transport.pages("/api/v1/pods", {"resourceVersion": "0"})) == [{"n": 1}, {"n": 2}]

    assert wire.sent[0].url == f"{SERVER}/api/v1/pods?resourceVersion=0&limit={PAGE_SIZE}"
    assert wire.sent[1].url == f"{SERVER}/api/v1/pods?limit={PAGE_SIZE}&continue=next"


def test_a_list_goes_on_when_its_token_expired(connect: Connect) -> None:
    expired = {"kind": "Status", "reason": "Expired", "metadata": {"continue": "fresh"}}
    transport, wire, _dummy = connect(
        answer(body={"items": [{"n": 1}], "metadata": {"continue": "old"}}),
        answer(410, body=expired),
        answer(body={"items": [{"n": 2}]}),
    )

    assert list(transport.pages("/api/v1/pods")) == [{"n": 1}, {"n": 2}]
    assert wire.sent[2].url.endswith("continue=fresh")


def test_an_empty_list_has_no_items(connect: Connect) -> None:
    transport, *_dummy = connect(answer(body={"items": None, "metadata": {}}))

    assert list(transport.pages("/api/v1/pods")) == []


def test_health_endpoints_answer_with_text(connect: Connect) -> None:
    transport, *_dummy = connect(answer(body=b"ok"))

    assert transport.request("GET", "/readyz") == {"text": "ok"}


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"[]", b'"text"'])
def test_something_else_than_an_api_server_is_noticed(connect: Connect, body: bytes) -> None:
    transport, *_dummy = connect(answer(body=body))

    with pytest.raises(ApiError, match="did not answer"):
        transport.request("GET", "/api/v1/nodes")


def test_a_new_connection_is_closed_after_its_request(connect: Connect) -> None:
    transport, wire, _dummy = connect(answer(body=b"ok"), answer(body=b"ok"))

    transport.request("GET", "/readyz")
    assert (wire.pools, wire.cleared) == (1, 0)

    transport.request("GET", "/readyz", new_connection=True)
    assert (wire.pools, wire.cleared) == (2, 1)
