# SPDX-License-Identifier: GPL-3.0-or-later
"""Each action takes exactly the options that its documentation describes."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import CONNECTION_OPTIONS, ApiAction

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
PACKAGE = "ansible_collections.day2.k8s.plugins"
ACTIONS = sorted(path.stem for path in (PLUGINS / "action").glob("*.py"))
KEYS = ("type", "elements", "required", "default", "choices", "aliases")


def yaml_constant(file: Path, name: str) -> dict[str, Any]:
    """A YAML document that is a string constant of the file, wherever it stands there."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            document: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return document
    raise AssertionError(f"{file} has no {name}")


def documented(action: str) -> dict[str, dict[str, Any]]:
    documentation = yaml_constant(PLUGINS / f"modules/{action}.py", "DOCUMENTATION")
    options: dict[str, dict[str, Any]] = {}
    fragments = documentation.get("extends_documentation_fragment", [])
    for fragment in [fragments] if isinstance(fragments, str) else fragments:
        file = PLUGINS / f"doc_fragments/{fragment.removeprefix('day2.k8s.')}.py"
        options |= yaml_constant(file, "DOCUMENTATION").get("options", {})
    return {name: normal(option) for name, option in {**options, **documentation.get("options", {})}.items()}


def normal(option: dict[str, Any]) -> dict[str, Any]:
    """What matters of an option, whichever way it is written down."""
    found = {key: option[key] for key in KEYS if option.get(key) is not None}
    if not found.get("required"):
        found.pop("required", None)
    return {"type": "str", **found}


@pytest.mark.parametrize("name", ACTIONS)
def test_options_and_documentation_agree(name: str) -> None:
    action = importlib.import_module(f"{PACKAGE}.action.{name}").ActionModule
    if not issubclass(action, ApiAction):
        pytest.skip("leaves its options to a module of the node")
    taken = {**CONNECTION_OPTIONS, **action.argument_spec}

    assert documented(name) == {option: normal(spec) for option, spec in taken.items()}


def test_every_option_of_the_connection_names_its_environment_variable() -> None:
    described = yaml_constant(PLUGINS / "doc_fragments/connection.py", "DOCUMENTATION")["options"]

    for name, spec in CONNECTION_OPTIONS.items():
        (variable,) = spec["fallback"][1]
        assert f"E({variable})" in str(described[name]["description"])
