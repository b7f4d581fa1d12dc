# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.managed_fields import decode_without_managed_fields

FIELDS = {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {'k:{"name":"web"}': {"f:image": {}}}}
ENTRY = {"manager": "kubelet", "operation": "Update", "time": "2026-03-01T12:00:00Z", "fieldsV1": FIELDS}


def listed(*metadata: dict[str, Any]) -> bytes:
    """As the API server writes it."""
    items = [{"metadata": each, "spec": {"nodeName": "w1"}} for each in metadata]
    return json.dumps({"kind": "PodList", "items": items}, separators=(",", ":")).encode()


def without(content: bytes) -> Any:
    decoded = json.loads(content)
    for item in decoded["items"]:
        item["metadata"].pop("managedFields", None)
    return decoded


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "last", "managedFields": [ENTRY]},
        {"name": "in between", "managedFields": [ENTRY, {**ENTRY, "subresource": "status"}], "uid": "1"},
        {"name": "none"},
        {"name": "quoted", "annotations": {"last-applied": json.dumps({"a": 1, "managedFields": [ENTRY]})}},
    ],
)
def test_everything_but_managed_fields_is_decoded(metadata: dict[str, Any]) -> None:
    content = listed(metadata, {"name": "next", "managedFields": [ENTRY], "labels": {"app": "web"}})

    assert decode_without_managed_fields(content) == without(content)


def test_a_name_that_looks_like_the_end_costs_time_and_nothing_else() -> None:
    content = listed({"name": "odd", "managedFields": [{**ENTRY, "fieldsV1": {'v:"}]"': {}}}]}, {"name": "next"})

    assert decode_without_managed_fields(content) == json.loads(content)


def test_an_empty_list_of_managed_fields_does_not_swallow_what_follows() -> None:
    content = listed({"name": "one", "managedFields": []}, {"name": "two", "managedFields": [ENTRY]}, {"name": "three"})

    assert without(content) == without(json.dumps(decode_without_managed_fields(content)).encode())


def test_json_that_is_written_otherwise_is_decoded_all_the_same() -> None:
    content = json.dumps(json.loads(listed({"name": "web", "managedFields": [ENTRY]})), indent=2).encode()

    assert decode_without_managed_fields(content) == json.loads(content)


def test_what_is_not_json_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        decode_without_managed_fields(b"<html>")
