# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.list_page import items

FIELDS = {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {'k:{"name":"web"}': {"f:image": {}}}}
ENTRY = {"manager": "kubelet", "operation": "Update", "time": "2026-03-01T12:00:00Z", "fieldsV1": FIELDS}
ODD_ENTRY = {**ENTRY, "fieldsV1": {'v:"}]"': {}}}
PAGE = {"kind": "PodList", "metadata": {"continue": "abc"}, "items": []}

Objects = list[dict[str, Any]]


def objects(*metadata: dict[str, Any]) -> Objects:
    return [{"metadata": each, "spec": {"volumes": [{"configMap": {"items": []}}]}} for each in metadata]


def written(raw: Objects, indent: int | None = None) -> bytes:
    """As the API server writes it, unless it is ``indented``."""
    page = {**PAGE, "items": raw}
    separators = (",", ":") if indent is None else None
    return json.dumps(page, separators=separators, indent=indent).encode()


def read(content: bytes) -> tuple[Objects, dict[str, Any]]:
    """The objects, and the page with none."""
    rest: dict[str, Any] = {}

    def reading() -> Iterator[dict[str, Any]]:
        rest.update((yield from items(content)))

    return list(reading()), rest


def without_managed_fields(raw: Objects) -> Objects:
    return [
        {**each, "metadata": {key: value for key, value in each["metadata"].items() if key != "managedFields"}}
        for each in raw
    ]


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "last", "managedFields": [ENTRY]},
        {"name": "in between", "managedFields": [ENTRY, {**ENTRY, "subresource": "status"}], "uid": "1"},
        {"name": "none"},
        {"name": "quoted", "annotations": {"last-applied": json.dumps({"a": 1, "managedFields": [ENTRY]})}},
    ],
)
def test_everything_but_managed_fields_is_read(metadata: dict[str, Any]) -> None:
    raw = objects(metadata, {"name": "next", "managedFields": [ENTRY], "labels": {"app": "web"}})

    found, page = read(written(raw))

    assert found == without_managed_fields(raw)
    assert page == PAGE


def test_the_objects_are_read_one_by_one() -> None:
    reading = items(written(objects({"name": "one"}, {"name": "two"})).replace(b"two", b'two"'))

    assert next(reading)["metadata"] == {"name": "one"}
    with pytest.raises(ValueError, match="delimiter"):
        next(reading)


def test_a_name_that_looks_like_the_end_of_managed_fields_costs_time_and_nothing_else() -> None:
    raw = objects({"name": "first"}, {"name": "odd", "managedFields": [ODD_ENTRY]}, {"name": "next"})

    assert read(written(raw)) == (raw, PAGE)


def test_an_empty_list_of_managed_fields_does_not_swallow_what_follows() -> None:
    raw = objects({"name": "one", "managedFields": []}, {"name": "two", "managedFields": [ENTRY]}, {"name": "three"})

    assert without_managed_fields(read(written(raw))[0]) == without_managed_fields(raw)


@pytest.mark.parametrize("raw", [[], objects({"name": "web", "managedFields": [ENTRY]}, {"name": "db"})])
def test_json_that_is_written_otherwise_is_read_all_the_same(raw: Objects) -> None:
    assert read(written(raw, indent=2)) == (raw, PAGE)


def test_what_comes_after_the_objects_belongs_to_the_page() -> None:
    content = b'{"apiVersion":"v1","items":[{"metadata":{"name":"one"}}],"metadata":{"continue":"abc"}}'

    found, page = read(content)

    assert found == [{"metadata": {"name": "one"}}]
    assert page["metadata"] == {"continue": "abc"}


@pytest.mark.parametrize(
    "content", [b'{"metadata":{},"items":null}', b'{"metadata":{},"items":[]}', b'{"metadata":{}}']
)
def test_a_page_may_have_no_objects(content: bytes) -> None:
    found, page = read(content)

    assert found == []
    assert page["metadata"] == {}


def test_items_of_something_else_are_not_taken_for_those_of_the_list() -> None:
    content = b'{"metadata":{"items":[{"no":1}]},"items":[{"metadata":{"name":"one"}}]}'

    assert read(content)[0] == [{"metadata": {"name": "one"}}]


@pytest.mark.parametrize(
    "content", [b"<html>", b"[]", b"", b'{"items":[{"metadata":{}}', b'{"items":[{} {}]}', b"\xff"]
)
def test_what_is_no_json_object_is_an_error(content: bytes) -> None:
    with pytest.raises(ValueError):
        read(content)
