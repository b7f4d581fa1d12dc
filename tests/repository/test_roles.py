# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles say what they take, and take what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._model import variables


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None


def _roles(collection: Path) -> list[Path]:
    return sorted(path for path in (collection / "roles").iterdir() if path.is_dir())


def _specs(role: Path) -> dict[str, dict[str, Any]]:
    return (_load(role / "meta/argument_specs.yml") or {}).get("argument_specs", {})


def _options(role: Path) -> dict[str, dict[str, Any]]:
    """The options of all entry points of a role."""
    return {name: option for spec in _specs(role).values() for name, option in (spec.get("options") or {}).items()}


def test_every_role_specifies_its_arguments(collection: Path) -> None:
    assert [role.name for role in _roles(collection) if not _specs(role)] == []


def test_every_entry_point_and_option_is_described(collection: Path) -> None:
    missing = [
        f"{role.name}.{entry}"
        for role in _roles(collection)
        for entry, spec in _specs(role).items()
        if not spec.get("short_description") or not spec.get("description")
    ]
    missing += [
        f"{role.name}: {name}"
        for role in _roles(collection)
        for name, option in _options(role).items()
        if not option.get("description") or "type" not in option
    ]

    assert missing == []


def test_entry_points_and_task_files_are_the_same(collection: Path) -> None:
    strays = []
    for role in _roles(collection):
        files = {path.stem for path in (role / "tasks").glob("*.yml")}
        strays += [f"{role.name}.{entry} has no task file" for entry in _specs(role) if entry not in files]

    assert strays == []


def test_defaults_are_exactly_the_optional_arguments(collection: Path) -> None:
    differences = []
    for role in _roles(collection):
        defaults = set(_load(role / "defaults/main.yml") or {})
        optional = {name for name, option in _options(role).items() if not option.get("required")}
        differences += [f"{role.name}: {name} is only in one of both" for name in sorted(defaults ^ optional)]

    assert differences == []


def test_defaults_have_the_value_that_is_documented(collection: Path) -> None:
    differences = []
    for role in _roles(collection):
        defaults = _load(role / "defaults/main.yml") or {}
        for name, option in _options(role).items():
            if "default" in option and option["default"] != defaults.get(name):
                differences.append(f"{role.name}: {name}")

    assert differences == []


def test_variables_are_named_after_their_role(collection: Path) -> None:
    wrong = [
        f"{role.name}: {name}"
        for role in _roles(collection)
        for name in _options(role)
        if not name.startswith(f"{role.name}_")
    ]

    assert wrong == []


def test_operators_variables_are_those_that_roles_document(collection: Path) -> None:
    documented = {
        name
        for role in _roles(collection)
        for name in _options(role)
        if name.startswith(variables.PREFIXES) and name not in variables.OF_PLAYS
    }

    # day2_hosts chooses the hosts of the plays themselves, before any role.
    assert documented | {"day2_hosts"} == set(variables.OPERATOR)
