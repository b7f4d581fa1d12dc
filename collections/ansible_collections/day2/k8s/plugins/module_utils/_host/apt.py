# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: apt, with its lists in the system's place or in a private one.

Looking for a version must not write on the system (check mode), and a refresh of *all* sources of a hundred nodes at
once is slow and rude to mirrors. So lists are refreshed only of those sources that may have Kubernetes; the others are
read when the wanted version or a dependency is not found there.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .command import CommandError, Completed, Runner
from .dpkg import KUBERNETES_PACKAGES, satisfies

ARCHIVES = "/var/cache/apt/archives"
_REFRESH_TIMEOUT_SECONDS = 300
# Lists of sources that are not read are kept, one that cannot be read is an error, and a dead mirror is given up soon.
_REFRESH_OPTIONS = (
    "--option=APT::Get::List-Cleanup=false",
    "--option=APT::Update::Error-Mode=any",
    "--option=Acquire::http::Timeout=20",
    "--option=Acquire::https::Timeout=20",
)
_LOCK_RETRY_SECONDS = 3.0
_LISTS_LOCKED = "Could not get lock"
_SIMULATED = re.compile(r"^(?P<action>Inst|Remv) (?P<name>\S+)(?: \[(?P<old>[^\]]+)\])?(?: \((?P<new>\S+))?")

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class AptError(Exception):
    """apt could not do what was asked; the text is its own."""


@dataclass(frozen=True)
class Change:
    """What apt would do to one package; ``old`` is None for a new one, ``new`` for one that would be removed."""

    name: str
    old: str | None
    new: str | None


class Apt:
    """apt on this node. ``options`` go before every subcommand; ``environment`` of child processes is the runner's."""

    def __init__(self, runner: Runner, options: Sequence[str] = ()) -> None:
        self._runner = runner
        self._options = tuple(options)

    def refresh(self, *, lock_timeout_seconds: float, clock: Clock, sleep: Sleep) -> None:
        """Download the lists of the sources; raises AptError. Waits for another apt that holds the lists' lock."""
        deadline = clock() + lock_timeout_seconds
        while True:
            completed = self._apt_get([*_REFRESH_OPTIONS, "update"], timeout_seconds=_REFRESH_TIMEOUT_SECONDS)
            if completed.rc == 0:
                return
            if _LISTS_LOCKED not in completed.stderr or clock() >= deadline:
                raise AptError(_complaints(completed))
            sleep(_LOCK_RETRY_SECONDS)

    def available(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Package to the versions in the lists, newest first; a package that no list has is absent."""
        completed = self._run(["apt-cache", *self._options, "madison", *names], timeout_seconds=60)
        return parse_madison(completed.stdout)

    def simulate(self, wanted: Mapping[str, str]) -> list[Change]:
        """What installing the ``wanted`` package versions would do; raises AptError when it cannot be done."""
        completed = self._apt_get([*install_arguments(wanted), "--simulate"], timeout_seconds=60)
        if completed.rc != 0:
            raise AptError(_complaints(completed))
        return parse_simulation(completed.stdout)

    def missing_archives(self, wanted: Mapping[str, str]) -> list[str]:
        """The files that would have to be downloaded to install ``wanted``; raises AptError."""
        completed = self._apt_get([*install_arguments(wanted), "--print-uris", "--quiet=2"], timeout_seconds=60)
        if completed.rc != 0:
            raise AptError(_complaints(completed))
        return parse_print_uris(completed.stdout)

    def _apt_get(self, arguments: Sequence[str], *, timeout_seconds: int) -> Completed:
        return self._run(["apt-get", *self._options, *arguments], timeout_seconds=timeout_seconds)

    def _run(self, argv: Sequence[str], *, timeout_seconds: int) -> Completed:
        try:
            return self._runner.run(argv, timeout_seconds=timeout_seconds, check=False)
        except CommandError as error:
            raise AptError(str(error)) from error


def _complaints(completed: Completed) -> str:
    """What apt itself says went wrong."""
    lines = [line for line in completed.stderr.splitlines() if line.startswith(("E: ", "W: "))]
    return " ".join(lines) or completed.describe()


def install_arguments(wanted: Mapping[str, str]) -> list[str]:
    """The arguments with which apt-get installs exactly these package versions, held or not, and removes nothing."""
    return [
        "install",
        "--yes",
        "--no-install-recommends",
        "--no-remove",
        "--allow-change-held-packages",
        *(f"{name}={version}" for name, version in sorted(wanted.items())),
    ]


def newest(versions: Sequence[str], wanted: str) -> str | None:
    """The newest of ``versions`` (newest first) that satisfies ``wanted``."""
    return next((version for version in versions if satisfies(version, wanted)), None)


def parse_madison(output: str) -> dict[str, list[str]]:
    """Package to versions, newest first as apt sorts them; several sources of one version count once."""
    found: dict[str, list[str]] = {}
    for line in output.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 3 or not fields[2].endswith(" Packages"):
            continue
        versions = found.setdefault(fields[0], [])
        if fields[1] not in versions:
            versions.append(fields[1])
    return found


def parse_simulation(output: str) -> list[Change]:
    """The packages that ``apt-get --simulate`` would install, upgrade or remove."""
    matches = (_SIMULATED.match(line) for line in output.splitlines())
    return [
        Change(match["name"], match["old"], match["new"] if match["action"] == "Inst" else None)
        for match in matches
        if match
    ]


def parse_print_uris(output: str) -> list[str]:
    """File names of ``--print-uris`` lines: ``'uri' name size hash``."""
    return [line.split()[1] for line in output.splitlines() if line.startswith("'")]


def offering_sources(runner: Runner, private: Sequence[str], names: Sequence[str] = KUBERNETES_PACKAGES) -> list[str]:
    """The files under /etc/apt with a repository that has one of ``names``, as far as the system's lists know.

    ``private`` are options that keep apt from writing its cache anew while it looks.
    """
    offers = runner.run(["apt-cache", *private, "madison", *names], check=False).stdout
    targets = runner.run(
        ["apt-get", "indextargets", "--format", "$(SOURCESENTRY)\t$(REPO_URI)", "Created-By: Packages"], check=False
    ).stdout
    return choose_sources(targets, offers)


def choose_sources(targets: str, offers: str) -> list[str]:
    """Of ``apt-get indextargets`` lines (entry, uri), the files of those entries that ``offers`` (madison) names."""
    repositories = {line.split("|")[2].split()[0].rstrip("/") for line in offers.splitlines() if line.count("|") == 2}
    chosen: list[str] = []
    for line in targets.splitlines():
        entry, _tab, uri = line.partition("\t")
        source = entry.rpartition(":")[0]
        if source not in chosen and uri.rstrip("/") in repositories:
            chosen.append(source)
    return chosen


def source_options(directory: Path, sources: Sequence[str]) -> list[str]:
    """Options that limit apt to ``sources`` (files); ``directory`` is a private one in which they are linked."""
    parts = directory / "sources.list.d"
    parts.mkdir()
    for number, source in enumerate(sources):
        # apt tells the format by the suffix, and takes no two files of one name.
        (parts / f"{number}-{Path(source).name}").symlink_to(source)
    return ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={parts}"]


def private_lists(directory: Path) -> list[str]:
    """Options that make apt keep all that it writes in ``directory`` and take no lock; archives are the system's."""
    for name in ("lists", "cache", "log"):
        (directory / name).mkdir()
    return [
        "-o",
        f"Dir::State::Lists={directory}/lists",
        "-o",
        f"Dir::Cache={directory}/cache",
        "-o",
        f"Dir::Cache::Archives={ARCHIVES}",
        "-o",
        f"Dir::Log={directory}/log",
        "-o",
        "Debug::NoLocking=true",
    ]


@contextmanager
def private_directory() -> Iterator[Path]:
    """A directory that is gone afterwards; readable by apt's own user, who does the downloading."""
    directory = Path(tempfile.mkdtemp(prefix="day2-apt-"))
    try:
        directory.chmod(0o755)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
