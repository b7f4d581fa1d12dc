# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.forecast [--seed N] [--scenarios N]``: drains forecast, then done, and the two compared.

Scenarios are generated (workloads, budgets, constraints, zones; the same seed gives the same ones) and run on a real
control plane with KWOK, side by side in node pools of their own. In truth a pod never leaves when nothing is left that
could release it and its budget allowed nothing for a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.forecaster import Forecaster
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.prognosis import Outcome
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from tests.harness.cluster import REPOSITORY, Cluster

from .truth.comparison import Compared, Room, Truth, compare, interchangeable, room, table
from .truth.generator import generate
from .truth.pool import Pool
from .truth.stage import Stage

ARTIFACTS = REPOSITORY / "artifacts/bench"
MOST_UNKNOWN = 0.05
_TIMEOUT_SECONDS = 150.0


@dataclass
class Tally:
    """All batches together."""

    compared: list[Compared] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    forecast_seconds: float = 0.0

    @property
    def decided(self) -> list[Compared]:
        return [each for each in self.compared if each.decided]

    @property
    def wrong(self) -> list[Compared]:
        return [each for each in self.compared if each.wrong]

    @property
    def unknown_share(self) -> float:
        unknown = sum(each.forecast.outcome is Outcome.UNKNOWN for each in self.decided)
        return unknown / max(1, len(self.decided))


def options_of(pool: Pool) -> DrainOptions:
    return DrainOptions(
        timeout_seconds=_TIMEOUT_SECONDS,
        settle_seconds=2.0,
        volume_detach_seconds=0.0,
        force=pool.permissive,
        delete_emptydir_data=pool.permissive,
    )


def play(cluster: Cluster, pools: list[Pool], tally: Tally) -> None:
    """One batch: made, forecast, drained, compared and taken down."""
    stage = Stage(cluster, pools)
    stage.build()
    workloads = stage.observe()
    options = {pool.name: options_of(pool) for pool in pools}
    started = time.process_time()
    forecasters = {each: Forecaster(workloads, each) for each in set(options.values())}
    forecasts = {pool.name: forecasters[options[pool.name]].trial(pool.drained) for pool in pools}
    tally.forecast_seconds += time.process_time() - started
    drained, seen = stage.drain(options)
    cluster.control_plane.check()  # without its controllers no budget frees, and nothing that was seen is true
    found = [
        each for pool in pools for each in compare(pool.name, forecasts[pool.name], workloads, drained[pool.name], seen)
    ]
    compared = interchangeable(found, workloads)
    app_of = {pod.key: pod.labels.get("app", "") for pod in workloads.pods}
    waiting = (pod for pod in workloads.pods if not pod.node and not pod.terminating)
    pending = Counter((pod.namespace, pod.labels["app"]) for pod in waiting)
    tally.compared += compared
    tally.rooms.append(room(compared, pending, drained, app_of))
    tally.kinds.update(kind for pool in pools for kind in pool.told)
    wrong = {each.pool for each in compared if each.wrong or each.truth is Truth.UNDECIDED}
    for pool in (pool for pool in pools if pool.name in wrong):
        results = [asdict(pod) for result in drained[pool.name].results for pod in result.pods]
        save(f"forecast-{pool.name}.json", {**stage.evidence(pool), "results": results, "told": pool.told})
    stage.clear()


def save(name: str, content: object) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def report(tally: Tally, seed: int, scenarios: int) -> list[str]:
    """What a person reads."""
    lines = [f"forecast against truth: seed {seed}, {scenarios} scenarios, {len(tally.compared)} pods", ""]
    lines += [*table(tally.compared), ""]
    total = Room(*(sum(getattr(each, name) for each in tally.rooms) for name in ("forecast", "truth", "both")))
    lines.append(f"no room: {total.forecast} successors forecast, {total.truth} in truth, {total.both} the same")
    left = [e for e in tally.decided if e.seconds is not None and e.forecast.outcome in (Outcome.LEAVES, Outcome.SLOW)]
    inside = sum(e.seconds is not None and e.seconds <= e.forecast.seconds.high + 10 for e in left)
    lines.append(f"gone by the forecast's latest time (and 10 s of this machine's): {inside} of {len(left)}")
    lines.append(f"unknown: {tally.unknown_share:.1%} of {len(tally.decided)} pods (at most {MOST_UNKNOWN:.0%})")
    never_left = sum(each.forecast.outcome is Outcome.NEVER for each in tally.wrong)
    lines.append(f"'never' that left: {never_left}; 'leaves' that blocked: {len(tally.wrong) - never_left}")
    lines.append(f"forecasts took {tally.forecast_seconds:.1f} s of CPU")
    lines += ["", "workloads: " + ", ".join(f"{kind} {number}" for kind, number in sorted(tally.kinds.items()))]
    return [*lines, *map(wrong_line, tally.wrong)]


def wrong_line(each: Compared) -> str:
    pod = each.forecast
    why = f"{pod.outcome.value} ({pod.reason}; successor {pod.successor.value} {pod.successor_why})"
    return f"WRONG {pod.key} on {pod.node}: {why}, but {each.truth.value}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.forecast", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--only", type=int, nargs="*", help="the numbers of single scenarios, to look at them again")
    parser.add_argument("--together", type=int, default=40, help="how many run side by side")
    arguments = parser.parse_args()
    tally = Tally()
    numbers = arguments.only or range(arguments.scenarios)
    pools = [generate(arguments.seed, number) for number in numbers]
    with Cluster() as cluster:
        for first in range(0, len(pools), arguments.together):
            batch = pools[first : first + arguments.together]
            known = len(tally.wrong)
            play(cluster, batch, tally)
            print(f"{first + len(batch)} of {len(pools)} scenarios, {len(tally.wrong)} pods wrong", file=sys.stderr)
            for each in tally.wrong[known:]:
                print(wrong_line(each), file=sys.stderr)
    lines = report(tally, arguments.seed, len(pools))
    print("\n".join(lines))
    rows = [
        {**each.forecast.to_dict(), "pool": each.pool, "truth": each.truth.value, "gone_after": each.seconds}
        for each in tally.compared
    ]
    save("forecast.json", rows)
    undecided = sum(each.truth is Truth.UNDECIDED for each in tally.compared)
    return 1 if tally.wrong or undecided or tally.unknown_share > MOST_UNKNOWN else 0


if __name__ == "__main__":
    sys.exit(main())
