# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failover drill would do to the cluster as it is, and what forbids it; the opening asks before the first fault.

Who leads changes during the drill, so each scenario is chosen anew when its turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._model.drill import Drill
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.leader_lease import LeaderLease
from .._model.snapshot import Snapshot
from .._report.text import columns
from .._upgrade import drill_consent
from .._upgrade.drill_choice import Choice, Standing, choose, not_at_rest
from .._upgrade.intent import Intent
from .._upgrade.limits import Limits
from .._upgrade.order import natural
from .assessment import Check, check


@dataclass(frozen=True, slots=True)
class Prospect:
    """``check`` has the drill's own findings as well; ``choices`` are those of the scenarios that could be played."""

    check: Check
    choices: tuple[Choice, ...]
    drill: Drill

    @property
    def nodes(self) -> tuple[str, ...]:
        """Those that have to be well at the end: whoever may be taken, because leaders move meanwhile."""
        standing = Standing.of(self.check.snapshot, ())
        others = sorted(self.check.snapshot.nodes.keys() - set(standing.control_plane), key=natural)
        takable = [name for name in others if self.check.snapshot.nodes[name].kubelet_version in standing.versions]
        return (*standing.control_plane, *(takable if "zone" in self.drill.scenarios else ()))

    @property
    def limits(self) -> Limits:
        """Who is out at once is a scenario's choice, and made anew for each."""
        return Limits(len(self.nodes))

    @property
    def plan(self) -> dict[str, Any]:
        """As runs keep their plan: nothing is upgraded."""
        return {"steps": [], "api_outage": None, "drill": self.drill.to_dict()}

    @property
    def text(self) -> str:
        """One line a scenario."""
        rows = columns((choice.scenario, ", ".join(choice.nodes)) for choice in self.choices)
        lasts = f"each for {self.drill.hold_seconds} s, the longest gap for clients at most"
        lines = [f"DRILL  {lasts} {self.drill.objective_seconds:g} s ({self.drill.consent})"]
        return "\n".join([*lines, *(f"       {row}" for row in rows)])


def foresee(
    snapshot: Snapshot, leases: tuple[LeaderLease, ...], intent: Intent, drill: Drill, environment: str
) -> Prospect:
    """Pure; the gates have to pass as before an upgrade."""
    standing = Standing.of(snapshot, leases)
    checked = check(snapshot, intent, for_upgrade=False)
    found: list[Finding] = [*drill_consent.refusals(drill, environment), *not_at_rest(standing)]
    choices = []
    for scenario in drill.scenarios:
        try:
            choices.append(choose(scenario, standing))
        except Day2Error as error:
            found += error.findings
    findings = tuple(dict.fromkeys((*found, *checked.findings)))
    return Prospect(replace(checked, findings=findings), tuple(choices), drill)
