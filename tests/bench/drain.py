# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.drain [SCENARIO...]``: the same nodes emptied by us, by kubectl and by kubernetes.core.

Against the API harness, so that the figures hold scheduling, eviction and budgets, and no container runtime. Everything
is measured in one run, one drain after the other; what comes out are ratios, not records.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.harness.cluster import REPOSITORY, Cluster

from .contenders import Contender, Day2, Kubectl, KubernetesCore, Outcome, play
from .scenarios import SCENARIOS, Scenario, staged

ARTIFACTS = REPOSITORY / "artifacts/bench"
_COLUMNS = "{:24} {:11} {:22} {:>7} {:>7} {:>6} {:>9} {:>6}"


def verdict(outcome: Outcome, left: int) -> str:
    """What came of a drain, in view of what is really left on the nodes."""
    if outcome.succeeded:
        return "drained" if not left else f"says drained, {left} left"
    return f"failed, {left} left"


def compete(cluster: Cluster, scenario: Scenario, contender: Contender, number: int) -> dict[str, object]:
    """One contender in one scenario; returns the row of the table."""
    label = f"bench-{number}"
    with staged(cluster, scenario, label) as stage:
        for timer in stage.timers:
            timer.start()
        outcome = contender.empty(stage.full, scenario.timeout, label)
        left = stage.left()
    return {
        "scenario": scenario.name,
        "contender": contender.name,
        "verdict": verdict(outcome, left),
        "goal_seconds": scenario.goal_seconds,
        **asdict(outcome),
    }


def shown(row: dict[str, object]) -> str:
    goal = row["goal_seconds"]
    return _COLUMNS.format(
        str(row["scenario"]),
        str(row["contender"]),
        str(row["verdict"]),
        f"{row['seconds']:.1f}",
        f"{row['drain_seconds']:.1f}",
        "" if goal is None else f"{goal:.1f}",
        str(row["requests"]),
        f"{row['peak_megabytes']:.0f}",
    )


def main(names: list[str]) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    scenarios = [scenario for scenario in SCENARIOS if not names or scenario.name in names]
    rows = []
    with Cluster() as cluster:
        idle = play(Path(__file__).parent / "playbooks/empty.yml", ARTIFACTS / "empty.log")
        print(f"A play that does nothing takes {idle.seconds:.1f} s and {idle.peak_megabytes:.0f} MB.")
        print("wall: the program from start to end; drain: what it says of itself, without Ansible's own time\n")
        print(_COLUMNS.format("scenario", "by", "outcome", "wall s", "drain s", "goal", "requests", "MB"))
        contenders = [Day2(cluster, ARTIFACTS), Kubectl(cluster, ARTIFACTS), KubernetesCore(cluster, ARTIFACTS)]
        for number, (scenario, contender) in enumerate((s, c) for s in scenarios for c in contenders):
            rows.append(compete(cluster, scenario, contender, number))
            print(shown(rows[-1]), flush=True)
    (ARTIFACTS / "drain.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
