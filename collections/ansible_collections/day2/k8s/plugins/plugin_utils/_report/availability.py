# SPDX-License-Identifier: GPL-3.0-or-later
"""How available the API was, from samples taken about once a second.

A sample counts at the time its request *started*: a request that times out after ten seconds tells of trouble ten
seconds ago. Consecutive failures merge into one gap, which lasts from its first failing start to the next start that
succeeded; so the resolution is that of the sampling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

SLOW_SECONDS = 1.0
# The series of the address that clients use; those of single API servers have the Node's name before.
NEW, REUSED = "new", "reused"
# By Node name, begin and end (epoch seconds) of each time in which another API server answered in its place.
Isolations = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: ``at`` is its start (ISO 8601, UTC), ``series`` the connection it used.

    That is ``new`` or ``reused`` for the address that clients use, after a Node's name for its own API server.
    ``reconnected``: its connection had closed before the first byte, and the request was sent again on a new one.
    """

    at: str
    series: str
    seconds: float
    ok: bool
    error: str = ""
    reconnected: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Sample:
        return cls(
            raw["at"], raw["series"], raw["seconds"], raw["ok"], raw.get("error", ""), raw.get("reconnected", False)
        )

    @property
    def started(self) -> datetime:
        return datetime.fromisoformat(self.at.replace("Z", "+00:00"))


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive failures of one series; ``error`` is that of the first."""

    began_at: str
    seconds: float
    failures: int
    error: str


@dataclass(frozen=True, slots=True)
class Availability:
    """One series of samples summed up; ``slow`` counts answers that took longer than SLOW_SECONDS.

    ``reconnects`` counts requests that were sent again; they are failures only where that failed too.
    ``while_isolated`` counts failures of one API server's own series while its node was isolated, which is why they
    failed; they are neither in ``failures`` nor in ``gaps``.
    """

    series: str
    requests: int
    failures: int
    slow: int
    gaps: tuple[Gap, ...]
    reconnects: int = 0
    while_isolated: int = 0

    @property
    def gap_seconds(self) -> float:
        return round(sum(gap.seconds for gap in self.gaps), 3)

    @property
    def longest_gap_seconds(self) -> float:
        return max((gap.seconds for gap in self.gaps), default=0.0)

    def to_dict(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "requests": self.requests,
            "failures": self.failures,
            "slower_than_1_second": self.slow,
            "reconnects": self.reconnects,
            "while_isolated": self.while_isolated,
            "gap_seconds": self.gap_seconds,
            "longest_gap_seconds": self.longest_gap_seconds,
            "gaps": [asdict(gap) for gap in self.gaps],
        }


def summarise(samples: Iterable[Sample], isolations: Isolations | None = None) -> tuple[Availability, ...]:
    """One Availability per series, what clients use first, then by name; the samples may come in any order."""
    by_series: dict[str, list[Sample]] = {}
    for sample in samples:
        by_series.setdefault(sample.series, []).append(sample)
    return tuple(
        _summarise_series(series, by_series[series], (isolations or {}).get(series.rpartition(" ")[0], ()))
        for series in sorted(by_series, key=lambda name: (" " in name, name))
    )


def _summarise_series(series: str, samples: list[Sample], isolations: Sequence[tuple[float, float]]) -> Availability:
    ordered = sorted((s for s in samples if s.ok or not _within(s, isolations)), key=lambda sample: sample.started)
    gaps: list[Gap] = []
    failing: list[Sample] = []
    for sample in ordered:
        if not sample.ok:
            failing.append(sample)
        elif failing:
            gaps.append(_gap(failing, (sample.started - failing[0].started).total_seconds()))
            failing = []
    if failing:
        last = failing[-1]
        gaps.append(_gap(failing, (last.started - failing[0].started).total_seconds() + last.seconds))
    return Availability(
        series=series,
        requests=len(samples),
        failures=sum(not sample.ok for sample in ordered),
        slow=sum(sample.ok and sample.seconds > SLOW_SECONDS for sample in ordered),
        gaps=tuple(gaps),
        reconnects=sum(sample.reconnected for sample in ordered),
        while_isolated=len(samples) - len(ordered),
    )


def _within(sample: Sample, periods: Sequence[tuple[float, float]]) -> bool:
    return any(begin <= sample.started.timestamp() <= end for begin, end in periods)


def _gap(failing: list[Sample], seconds: float) -> Gap:
    return Gap(began_at=failing[0].at, seconds=round(seconds, 3), failures=len(failing), error=failing[0].error)
