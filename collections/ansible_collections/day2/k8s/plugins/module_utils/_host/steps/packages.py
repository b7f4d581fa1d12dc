# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module kubernetes_packages does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..dpkg import Installed
from ..errors import HostError
from ..host import Host
from ..packages import FAILED, Packages, unsatisfied
from ..work import Answer, Decide, Work, WorkFailedError, WorkLostError, advance, describe, tail
from ..work_unit import Command, Outcome, WorkUnit


@dataclass(frozen=True)
class Request:
    """``packages`` maps names to wanted versions; ``companions`` likewise, but only where they are installed already.

    With ``hold`` all of them are held afterwards.
    """

    packages: Mapping[str, str]
    companions: Mapping[str, str]
    hold: bool
    download_only: bool
    lock_timeout_seconds: int


def run(host: Host, request: Request, work: Work, *, check_mode: bool) -> dict[str, Any]:
    """The module's result; raises HostError."""
    packages = Packages(
        host.runner,
        host.files,
        lock_timeout_seconds=request.lock_timeout_seconds,
        clock=host.clock,
        sleep=host.sleep,
    )
    unit = host.work_unit()
    present = packages.installed(sorted(request.companions)).versions
    wanted = {**request.packages, **{name: v for name, v in request.companions.items() if name in present}}
    request = replace(request, packages=wanted)
    if check_mode:
        return _predict(packages, request)
    before = packages.installed(sorted(request.packages))
    try:
        answer = advance(unit, work, _decider(packages, request))
    except (WorkFailedError, WorkLostError) as error:
        raise _failure(error, unit, work) from error
    return {**_result(packages, request, before, answer), **describe(answer, unit, work)}


def _decider(packages: Packages, request: Request) -> Decide:
    def decide(outcome: Outcome | None) -> Command | None:
        installed = packages.installed(sorted(request.packages))
        missing = unsatisfied(installed, request.packages)
        if not missing or (request.download_only and outcome):
            return None
        if outcome:
            raise HostError(
                f"apt ended well, but {', '.join(sorted(missing))} did not reach the wanted version",
                code=FAILED,
                why="the node is not at the target",
                remedy="look at `apt-cache policy` and apt's preferences on the node",
            )
        packages.repair()
        known = None if request.download_only else packages.known(missing)
        resolution = known or packages.look_up(missing, private=False)
        if request.download_only and not resolution.archives:
            return None
        if request.download_only:
            return packages.download(resolution.versions)
        return packages.install(resolution.versions, hold=sorted(request.packages) if request.hold else installed.held)

    return decide


def _predict(packages: Packages, request: Request) -> dict[str, Any]:
    """What a run would do, found without writing anything on the system."""
    names = sorted(request.packages)
    before = packages.installed(names)
    missing = unsatisfied(before, request.packages)
    resolution = packages.look_up(missing, private=True) if missing else None
    if request.download_only:
        changed, after = bool(resolution and resolution.archives), before
    else:
        versions = {**before.versions, **(resolution.versions if resolution else {})}
        after = Installed(versions, tuple(names) if request.hold else before.held)
        changed = after != before
    return {
        "changed": changed,
        "finished": True,
        "versions": dict(after.versions),
        "downloads": list(resolution.archives) if resolution else [],
        "changes": [vars(change) for change in resolution.changes] if resolution else [],
        "diff": _diff(before, after, names),
    }


def _result(packages: Packages, request: Request, before: Installed, answer: Answer) -> dict[str, Any]:
    names = sorted(request.packages)
    changed = answer.ran
    if answer.finished and request.hold and not request.download_only:
        loose = [name for name in names if name not in packages.installed(names).held]
        if loose:
            packages.hold(loose)
            changed = True
    after = packages.installed(names)
    return {"changed": changed, "versions": dict(after.versions), "diff": _diff(before, after, names)}


def _diff(before: Installed, after: Installed, names: Sequence[str]) -> dict[str, str]:
    return {"before": before.describe(names), "after": after.describe(names)}


def _failure(error: Exception, unit: WorkUnit, work: Work) -> HostError:
    last = tail(unit.log_text(work.id))
    telling = [line for line in last if line.startswith(("E:", "dpkg:"))] or last[-3:]
    return HostError(
        f"apt failed, {error}: {' '.join(telling)}",
        code=FAILED,
        why="the node is not at the target, and its packages may be half way",
        remedy=f"look at {unit.log(work.id)} on the node, put its packages in order, then run the same command again",
        result={"changed": True, "log": unit.log(work.id), "log_tail": last},
    )
