# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._action.plain import plain_value


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Lazy(Mapping[str, Any]):
    """Resolves its values only when they are asked for."""

    def __getitem__(self, key: str) -> Any:
        return Text(f"value of {key}")

    def __iter__(self) -> Iterator[str]:
        return iter([Text("a")])

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Text("x"), "x"),
        (Number(3), 3),
        (True, True),
        (None, None),
        (1.5, 1.5),
        (b"raw", b"raw"),
        ([Text("x"), (Number(1), [Text("y")])], ["x", [1, ["y"]]]),
        (Lazy(), {"a": "value of a"}),
        ({Text("k"): {"n": Number(2)}}, {"k": {"n": 2}}),
    ],
)
def test_values_become_exact_built_in_types(value: Any, expected: Any) -> None:
    found = plain_value(value)

    assert found == expected
    assert all(type(part) in (dict, list, str, int, float, bool, bytes, type(None)) for part in parts(found))


def test_what_ansible_tags_loses_its_tags() -> None:
    template = pytest.importorskip("ansible.template")
    if not hasattr(template, "trust_as_template"):
        pytest.skip("tags came with ansible-core 2.19")

    assert plain_value(template.trust_as_template("{{ x }}")).__class__ is str


def parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from parts(key)
            yield from parts(item)
    elif isinstance(value, list):
        for item in value:
            yield from parts(item)
