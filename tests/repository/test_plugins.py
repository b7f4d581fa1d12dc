# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs together stays together: actions and their documentation, the action group, the codes."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._model.codes import CODES

CODE = re.compile(r"\bD2-[A-Z]+-\d{3}\b")
CONNECTION = "day2.k8s.connection"


def _names(directory: Path) -> set[str]:
    return {path.stem for path in directory.glob("*.py")}


def _documentation(module: Path) -> dict[str, Any]:
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            documentation: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return documentation
    raise AssertionError(f"{module} has no DOCUMENTATION")


def test_every_action_is_documented_by_a_module_of_its_name(collection: Path) -> None:
    assert _names(collection / "plugins/action") <= _names(collection / "plugins/modules")


def test_the_action_group_is_everything_that_connects_to_the_api(collection: Path) -> None:
    runtime = yaml.safe_load((collection / "meta/runtime.yml").read_text(encoding="utf-8"))
    connecting = {
        module.stem
        for module in (collection / "plugins/modules").glob("*.py")
        if CONNECTION in _documentation(module).get("extends_documentation_fragment", [])
    }

    assert set(runtime["action_groups"]["k8s"]) == connecting


def test_every_module_says_what_check_mode_does(collection: Path) -> None:
    silent = [
        module.stem
        for module in sorted((collection / "plugins/modules").glob("*.py"))
        if "check_mode" not in _documentation(module).get("attributes", {})
        and not _documentation(module).get("extends_documentation_fragment")
    ]

    assert silent == []


def test_every_code_in_use_is_in_the_catalogue(collection: Path) -> None:
    used = {
        code
        for folder in ("plugins", "roles", "playbooks")
        for file in (collection / folder).rglob("*")
        if file.suffix in (".py", ".yml")
        for code in CODE.findall(file.read_text(encoding="utf-8"))
    }

    assert used <= set(CODES)


def test_the_page_of_codes_explains_each_of_them_once(repository: Path) -> None:
    page = (repository / "docs/codes.md").read_text(encoding="utf-8")
    headings = [found for line in page.splitlines() if line.startswith("#") for found in CODE.findall(line)]

    assert sorted(headings) == sorted(CODES)


def test_the_page_of_codes_gives_each_its_title(repository: Path) -> None:
    page = (repository / "docs/codes.md").read_text(encoding="utf-8")

    assert [code for code, meaning in CODES.items() if meaning.title not in page] == []
