# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports go down only, and only the layer made for it talks to Ansible, to the API, to the machine or to the clock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# From top to bottom; packages of one row know nothing of each other.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"action"}),
    frozenset({"_action"}),
    frozenset({"_coordinator"}),
    frozenset({"_run"}),
    frozenset({"_kube"}),
    frozenset({"_gates"}),
    frozenset({"_drain", "_upgrade", "_report"}),
    frozenset({"_model"}),
)
PURE = ("_drain", "_gates", "_upgrade", "_report", "_model")
KNOW_ANSIBLE = ("action", "_action")
# Everything that reaches outside of the process, waits, or answers differently each time.
EFFECTS = frozenset(
    {
        "asyncio",
        "ctypes",
        "fcntl",
        "getpass",
        "glob",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    }
)
EFFECT_CALLS = frozenset({"input", "open", "print"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})
API_CLIENTS = frozenset({"http", "kubernetes", "requests", "urllib3"})
PREFIX = "ansible_collections.day2.k8s.plugins"


@dataclass(frozen=True)
class Import:
    """One import, absolute; ``where`` as an editor understands it."""

    where: str
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def package(self) -> str:
        """The package of this collection's controller side that it belongs to, or nothing."""
        parts = self.module.removeprefix(f"{PREFIX}.").split(".") if self.module.startswith(PREFIX) else [""]
        return parts[1] if parts[0] == "plugin_utils" and len(parts) > 1 else parts[0]


def sources(collection: Path, *packages: str) -> Iterator[tuple[str, Path, ast.Module]]:
    """The parsed Python files of packages below plugin_utils, or of ``action``."""
    for package in packages:
        directory = collection / "plugins" / (package if package == "action" else f"plugin_utils/{package}")
        for file in sorted(directory.rglob("*.py")):
            yield package, file, ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports(collection: Path, file: Path, tree: ast.Module) -> Iterator[Import]:
    """All imports of a file, wherever they stand in it, relative ones made absolute."""
    package = (PREFIX + "." + ".".join(file.relative_to(collection / "plugins").parent.parts)).rstrip(".").split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(f"{file}:{node.lineno}", alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # "from .. import x" may name a package; "from ..x import name" is found out by its module alone.
            for alias in node.names:
                yield Import(f"{file}:{node.lineno}", module if node.module else f"{module}.{alias.name}")


def test_every_package_has_its_layer(collection: Path) -> None:
    packages = {path.name for path in (collection / "plugins/plugin_utils").iterdir() if any(path.glob("*.py"))}

    assert packages <= set().union(*LAYERS)


def test_imports_go_down_only(collection: Path) -> None:
    level = {package: number for number, row in enumerate(LAYERS) for package in row}
    wrong = [
        f"{found.where}: {package} imports {found.module}"
        for package, file, tree in sources(collection, *level)
        for found in imports(collection, file, tree)
        if found.package in level and found.package != package and level[found.package] <= level[package]
    ]

    assert wrong == []


def test_only_actions_know_ansible(collection: Path) -> None:
    packages = [package for row in LAYERS for package in row if package not in KNOW_ANSIBLE]
    wrong = [
        f"{found.where}: {found.module}"
        for _, file, tree in sources(collection, *packages)
        for found in imports(collection, file, tree)
        if found.top == "ansible"
    ]

    assert wrong == []


def test_only_the_kube_layer_talks_to_the_api(collection: Path) -> None:
    packages = [package for row in LAYERS for package in row if package != "_kube"]
    wrong = [
        f"{found.where}: {found.module}"
        for _, file, tree in sources(collection, *packages)
        for found in imports(collection, file, tree)
        if found.top in API_CLIENTS
    ]

    assert wrong == []


def test_the_client_is_imported_inside_functions_only(collection: Path) -> None:
    wrong = [
        f"{file}:{node.lineno}"
        for _, file, tree in sources(collection, "_kube")
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(name.partition(".")[0] in ("kubernetes", "urllib3") for name in _names(node))
    ]

    assert wrong == []


def test_decisions_have_no_effects(collection: Path) -> None:
    wrong = []
    for _, file, tree in sources(collection, *PURE):
        wrong += [f"{found.where}: {found.module}" for found in imports(collection, file, tree) if found.top in EFFECTS]
        wrong += [f"{file}:{node.lineno}: {name}()" for node, name in _calls(tree) if name in EFFECT_CALLS]

    assert wrong == []


def test_decisions_are_told_the_time(collection: Path) -> None:
    wrong = [
        f"{file}:{node.lineno}: {name}()"
        for _, file, tree in sources(collection, *PURE)
        for node, name in _calls(tree)
        if name in CLOCK_CALLS and isinstance(node.func, ast.Attribute)
    ]

    assert wrong == []


def test_code_for_nodes_needs_only_the_standard_library_and_ansible_itself(collection: Path) -> None:
    own = (f"{PREFIX}.module_utils._host", "ansible.module_utils.")
    wrong = [
        f"{found.where}: {found.module}"
        for file in sorted((collection / "plugins/module_utils").rglob("*.py"))
        for found in imports(collection, file, ast.parse(file.read_text(encoding="utf-8")))
        if found.top not in sys.stdlib_module_names and not found.module.startswith(own)
    ]

    assert wrong == []


def test_modules_import_nothing_of_the_controller(collection: Path) -> None:
    allowed = ("ansible.module_utils.", f"{PREFIX}.module_utils.")
    wrong = [
        f"{found.where}: {found.module}"
        for file in sorted((collection / "plugins/modules").glob("*.py"))
        for found in imports(collection, file, ast.parse(file.read_text(encoding="utf-8")))
        if found.top not in sys.stdlib_module_names and not found.module.startswith(allowed)
    ]

    assert wrong == []


def test_packages_for_nodes_have_an_empty_init(collection: Path) -> None:
    directories = {file.parent for file in (collection / "plugins/module_utils").rglob("*/*.py")}

    assert [d for d in directories if not (d / "__init__.py").is_file() or (d / "__init__.py").read_text()] == []


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node, node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node, node.func.attr
