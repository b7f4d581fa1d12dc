# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError, Cause


def status(**fields: Any) -> bytes:
    return json.dumps({"kind": "Status", "status": "Failure", **fields}).encode()


def test_a_status_object_is_read_with_its_causes() -> None:
    body = status(
        reason="TooManyRequests",
        message="Cannot evict pod as it would violate the pod's disruption budget.",
        details={"causes": [{"reason": "DisruptionBudget", "message": "web needs 2"}], "retryAfterSeconds": 10},
    )

    error = ApiError.from_answer(429, body, {})

    assert (error.status, error.reason, error.retry_after) == (429, "TooManyRequests", 10.0)
    assert error.causes == (Cause("DisruptionBudget", "web needs 2"),)
    assert error.has_cause("DisruptionBudget")


@pytest.mark.parametrize(
    ("in_header", "expected"), [("3", 3.0), ("0", None), ("Fri, 07 Aug 2026 10:00:00 GMT", None), (None, None)]
)
def test_retry_after_of_the_header_counts_where_the_body_has_none(
    in_header: str | None, expected: float | None
) -> None:
    headers = {} if in_header is None else {"Retry-After": in_header}

    assert ApiError.from_answer(429, b"Too many requests, please try again later.", headers).retry_after == expected


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"", b"[]", b'{"kind": "Pod"}'])
def test_what_is_no_status_object_is_told_as_it_is(body: bytes) -> None:
    error = ApiError.from_answer(502, body, {})

    assert error.status == 502
    assert error.reason == ""
    assert error.message == (body.decode() or "no message")


@pytest.mark.parametrize(
    ("code", "transient"),
    [
        (0, True),
        (408, True),
        (429, True),
        (500, True),
        (503, True),
        (504, True),
        (400, False),
        (403, False),
        (404, False),
    ],
)
def test_only_what_may_pass_is_transient(code: int, transient: bool) -> None:
    assert ApiError(code, "", "any").transient is transient


@pytest.mark.parametrize(
    ("code", "finding"),
    [(403, "D2-CLUSTER-003"), (401, "D2-CLUSTER-003"), (0, "D2-CLUSTER-002"), (500, "D2-CLUSTER-002")],
)
def test_missing_rights_are_told_apart_from_an_api_in_trouble(code: int, finding: str) -> None:
    assert ApiError(code, "", "any").finding("https://api:6443").code == finding


def test_an_expired_continue_token_brings_the_one_to_go_on_with() -> None:
    error = ApiError.from_answer(410, status(reason="Expired", metadata={"continue": "next"}), {})

    assert error.resume == "next"
