# SPDX-License-Identifier: GPL-3.0-or-later
"""Build Go programs out of published Go modules.

The programs are small ``main`` packages of the lab's own under ``go/<name>/``, or the ``main`` package of a published
module. Each is built in a module of its own, made in a work directory, whose ``go.mod`` is rendered for the wanted
version. Building inside Go's module cache would not do: Kubernetes has a ``go.work`` there that points at directories
which its published module does not contain.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.artefacts import cache, command

SOURCES = Path(__file__).parent / "go"
RECIPE = Path(__file__)
# For debuggers only; compiling takes a sixth less without, and so does what it leaves in the build cache.
NO_DEBUG_INFORMATION = "-gcflags=all=-dwarf=false"
NO_SYMBOLS = "-s -w"
# The main package in the lab's own sources.
OWN = "."

# Static binaries run on any root file system, an empty one included. Without paths and VCS stamps the same sources
# give the same bytes, and so the same image layers.
ENVIRONMENT = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=mod -buildvcs=false -trimpath",
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
    # Compilers live for seconds: most of what their garbage collector does is in vain, as long as there is memory.
    "GOGC": "400",
    "GOMEMLIMIT": "3GiB",
}


@dataclass(frozen=True)
class Module:
    """A published module in Go's module cache, with what the lab reads from its ``go.mod``."""

    path: str
    version: str
    directory: Path
    go: str
    godebug: tuple[tuple[str, str], ...]
    unversioned: tuple[str, ...]
    """Modules required at v0.0.0: developed in the same repository, published under versions of their own."""


def module(path: str, version: str) -> Module:
    """Find a module, downloading it unless it is in Go's module cache.

    :param version: without the leading ``v``
    :raises LabError: there is no such version, or Go is missing
    """
    # Outside of any module: the directory from which the lab was started may belong to one.
    found = json.loads(
        command.output(["go", "mod", "download", "-json", f"{path}@v{version}"], cwd=SOURCES, environment=ENVIRONMENT)
    )
    go_mod = json.loads(command.output(["go", "mod", "edit", "-json", found["GoMod"]], environment=ENVIRONMENT))
    return read_go_mod(go_mod, version=version, directory=Path(found["Dir"]))


def read_go_mod(go_mod: Mapping[str, Any], *, version: str, directory: Path) -> Module:
    """Take what the lab needs from the output of ``go mod edit -json``."""
    return Module(
        path=go_mod["Module"]["Path"],
        version=version,
        directory=directory,
        go=go_mod["Go"],
        godebug=tuple((each["Key"], each["Value"]) for each in go_mod.get("GoDebug") or ()),
        unversioned=tuple(each["Path"] for each in go_mod.get("Require") or () if each["Version"] == "v0.0.0"),
    )


def render_go_mod(
    name: str,
    *,
    go: str,
    requires: Mapping[str, str],
    replaces: Mapping[str, str] | None = None,
    godebug: Sequence[tuple[str, str]] = (),
) -> str:
    """Render the ``go.mod`` of one of the lab's programs.

    :param go: the language version, which may not be lower than that of any required module
    :param requires: versions by module path, without the leading ``v``
    :param replaces: the same for modules whose required version is to be replaced
    :param godebug: settings that Go reads from the main module only, so they have to be repeated here
    """
    lines = [f"module day2.invalid/lab/{name}", "", f"go {go}"]
    lines += [f"godebug {key}={value}" for key, value in godebug]
    lines += [f"require {path} v{version}" for path, version in sorted(requires.items())]
    lines += [f"replace {path} => {path} v{version}" for path, version in sorted((replaces or {}).items())]
    return "\n".join(lines) + "\n"


def build(
    name: str,
    into: Path,
    *,
    go_mod: str,
    log: Path,
    programs: Mapping[str, str] | None = None,
    version_flags: Mapping[str, str] | None = None,
) -> None:
    """Build programs, all in one module, as ``into/<program>``.

    :param name: of the module; the lab's own sources for it, if there are any, are in ``go/<name>``
    :param go_mod: text of its ``go.mod``; requirements that it leaves out are added by Go
    :param programs: main packages by the name to give the program; by default the lab's own sources
    :param version_flags: string variables to set when linking, by their full names
    :raises LabError: something does not build
    """
    wanted = programs or {name: OWN}
    work = into / ".build"
    if (SOURCES / name).is_dir():
        shutil.copytree(SOURCES / name, work)
    else:
        work.mkdir()
    (work / "go.mod").write_text(go_mod)
    flags = " ".join([NO_SYMBOLS, *(f"-X {key}={value}" for key, value in sorted((version_flags or {}).items()))])
    # Together rather than one after the other: a link keeps one core busy, so several go side by side.
    made = work / "made"
    command.run(
        ["go", "build", NO_DEBUG_INFORMATION, f"-ldflags={flags}", "-o", f"{made}/", *wanted.values()],
        log=log,
        cwd=work,
        environment=ENVIRONMENT,
    )
    for program, package in wanted.items():
        (made / executable(name if package == OWN else package)).rename(into / program)
    shutil.rmtree(work)


def executable(package: str) -> str:
    """Return the name that Go gives the program of a main package: its last element that is not a major version."""
    *_, before, last = ("", *package.split("/"))
    return before if re.fullmatch(r"v\d+", last) else last


def recipe(*parts: str | Path) -> str:
    """Digest how a program is built: this file and ``parts``."""
    return cache.digest(RECIPE, *parts)
