# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: bring packages to exact versions and keep them held there.

Wanted are versions of Kubernetes (``1.36.3``) or of packages (``1.36.3-1.1``). What satisfies them already stays as it
is, whatever newer revision a repository has: a rerun changes nothing and asks no mirror.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Callable

from . import apt, dpkg
from .apt import Apt, AptError, Change
from .command import CommandError, Runner
from .errors import HostError
from .files import Files
from .work_unit import Command

NOT_AVAILABLE = "D2-PACKAGE-001"
FAILED = "D2-PACKAGE-002"
_CONFIGURE_TIMEOUT_SECONDS = 600
_APT_MARK = "/usr/bin/apt-mark"
_TOLD = 8  # versions that a message names
_KEEP_CONFIGURATION = ("Dpkg::Options::=--force-confdef", "Dpkg::Options::=--force-confold")

# For apt's children: nothing asks, and no hook restarts services (containerd among them) on a node that is in hand.
ENVIRONMENT = {
    "LC_ALL": "C",
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",
    "APT_LISTCHANGES_FRONTEND": "none",
    "APT_LISTBUGS_FRONTEND": "none",
}

Clock = Callable[[], float]
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Resolution:
    """What installing would mean: the packages' exact versions, all changes by apt, and the archives to download."""

    versions: Mapping[str, str]
    changes: tuple[Change, ...]
    archives: tuple[str, ...] = field(default=())


class Packages:
    """The packages of this node. Commands that download lists wait ``lock_timeout_seconds`` for another apt to end."""

    def __init__(self, runner: Runner, files: Files, *, lock_timeout_seconds: int, clock: Clock, sleep: Sleep) -> None:
        self._runner = runner
        self._files = files
        self._lock_timeout_seconds = lock_timeout_seconds
        self._clock = clock
        self._sleep = sleep

    def installed(self, names: Sequence[str]) -> dpkg.Installed:
        return dpkg.installed(self._runner, names)

    def architecture(self) -> str:
        return self._runner.run(["dpkg", "--print-architecture"]).stdout.strip()

    def look_up(self, wanted: Mapping[str, str], *, private: bool) -> Resolution:
        """Find the wanted versions; with ``private`` nothing on the system is written, else the system's lists are.

        Raises HostError (NOT_AVAILABLE, or FAILED when apt finds no way to install them). Sources that are known to
        offer these packages are read first, all others only if that is not enough.
        """
        with apt.private_directory() as directory:
            private_options = apt.private_lists(directory)
            sources = apt.offering_sources(self._runner, private_options, sorted(wanted))
            if sources:
                limited = apt.source_options(directory, sources)
                try:
                    return self._refresh_and_resolve(wanted, private_options if private else [], limited)
                except HostError:
                    pass  # a new source, or a dependency from elsewhere: all of them are read next
            return self._refresh_and_resolve(wanted, private_options if private else [], [])

    def known(self, wanted: Mapping[str, str]) -> Resolution | None:
        """As ``look_up``, from the system's lists as they are; None when they do not have it all."""
        try:
            return self._resolve(Apt(self._runner), wanted, None)
        except HostError:
            return None

    def repair(self) -> None:
        """End what an interrupted dpkg left half done, without which apt refuses to work."""
        if not dpkg.interrupted(self._files):
            return
        try:
            self._runner.run(
                ["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"],
                timeout_seconds=_CONFIGURE_TIMEOUT_SECONDS,
                environment=ENVIRONMENT,
            )
        except CommandError as error:
            raise HostError(
                f"an interrupted dpkg could not be brought to its end: {error}",
                code=FAILED,
                why="apt installs nothing until it is",
                remedy="look at what `dpkg --configure -a` says on the node, then run the same command again",
            ) from error

    def hold(self, names: Sequence[str]) -> None:
        """Keep ``names`` from being upgraded by anything else; raises CommandError."""
        self._runner.run([_APT_MARK, "hold", *names])

    def download(self, versions: Mapping[str, str]) -> Command:
        """The command that downloads what installing exactly these would need."""
        return Command([*self._apt_get(), "--download-only", *apt.install_arguments(versions)], ENVIRONMENT)

    def install(self, versions: Mapping[str, str], *, hold: Sequence[str]) -> Command:
        """The command that installs exactly these, after which ``hold`` are held: apt lifts the holds it overrules."""
        afterwards = [_APT_MARK, "hold", *hold] if hold else []
        return Command([*self._apt_get(), *apt.install_arguments(versions)], ENVIRONMENT, afterwards)

    def _apt_get(self) -> list[str]:
        options = [f"DPkg::Lock::Timeout={self._lock_timeout_seconds}", "Dpkg::Use-Pty=0", *_KEEP_CONFIGURATION]
        return ["apt-get", "--quiet", *(f"--option={option}" for option in options)]

    def _refresh_and_resolve(
        self, wanted: Mapping[str, str], lists_options: Sequence[str], scope: Sequence[str]
    ) -> Resolution:
        trouble = None
        try:
            Apt(self._runner, [*lists_options, *scope]).refresh(
                lock_timeout_seconds=self._lock_timeout_seconds, clock=self._clock, sleep=self._sleep
            )
        except AptError as error:
            # One source out of reach need not matter: what is wanted may be in another. If it is not, this is said.
            trouble = str(error)
        # The system's own lists are complete: there, dependencies may come from sources that were not read anew.
        return self._resolve(Apt(self._runner, [*lists_options, *scope] if lists_options else []), wanted, trouble)

    def _resolve(self, lists: Apt, wanted: Mapping[str, str], trouble: str | None) -> Resolution:
        try:
            offered = lists.available(sorted(wanted))
            versions = _choose(offered, wanted, trouble)
            return Resolution(versions, tuple(lists.simulate(versions)), tuple(lists.missing_archives(versions)))
        except AptError as error:
            raise HostError(
                f"apt cannot install {_names(wanted)}: {error}",
                code=FAILED,
                why="the node could not be brought to the target",
                remedy="put the node's packages and repositories in order, then run the same command again",
            ) from error


def unsatisfied(installed: dpkg.Installed, wanted: Mapping[str, str]) -> dict[str, str]:
    """Those of ``wanted`` that are not installed at a version that satisfies it."""
    return {
        name: version
        for name, version in wanted.items()
        if name not in installed.versions or not dpkg.satisfies(installed.versions[name], version)
    }


def _choose(offered: Mapping[str, Sequence[str]], wanted: Mapping[str, str], trouble: str | None) -> dict[str, str]:
    """Package to the newest offered version that is wanted; raises HostError naming what there is instead."""
    chosen = {name: apt.newest(offered.get(name, ()), version) for name, version in wanted.items()}
    missing = sorted(name for name, version in chosen.items() if version is None)
    if missing:
        there_is = "; ".join(f"{name} {', '.join(offered.get(name, ())[:_TOLD]) or 'not at all'}" for name in missing)
        absent = _names({name: wanted[name] for name in missing})
        raise HostError(
            f"no apt repository of this node has {absent}; they have {there_is}"
            + (f". When they were read: {trouble}" if trouble else ""),
            code=NOT_AVAILABLE,
            why="the node could not be brought to the target",
            remedy="add the repository of the target's minor, or publish the package, then run the same command again",
            result={"available": {name: list(offered.get(name, ())) for name in missing}},
        )
    return {name: version for name, version in chosen.items() if version is not None}


def _names(wanted: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(wanted.items()))
