# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed between an agreed plan and the same plan made now: conditions, for the intent has to be the same.

Material is what somebody who agreed might not have agreed to: a node that was fine no longer is, new findings, more
time than was said. The rest is told as well, so that nobody has to guess whether it was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.naming import shortened

# From good to bad; the drain of a node that is worse than slow may not end.
_OUTCOMES = ("leaves", "slow", "unknown", "never")
_MAY_NOT_END = frozenset({"unknown", "never"})


@dataclass(frozen=True, slots=True)
class Drift:
    """In words, one line for each kind of change."""

    material: tuple[str, ...] = ()
    immaterial: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"material": list(self.material), "immaterial": list(self.immaterial)}


def compare(
    agreed: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    agreed_findings: Iterable[Mapping[str, Any]],
    findings: Iterable[Mapping[str, Any]],
) -> Drift:
    """``agreed`` and ``now`` are plans as of ``Plan.to_dict``, the findings as of ``Finding.to_dict``."""
    changes = _Changes()
    _of_nodes(agreed, now, changes)
    _of_findings(list(agreed_findings), list(findings), changes)
    _of_time(agreed["duration"], now["duration"], changes)
    return Drift(*(tuple(_told(kinds)) for kinds in (changes.material, changes.immaterial)))


class _Changes:
    """Subjects by the kind of their change, so that many nodes with one change are one line."""

    def __init__(self) -> None:
        self.material: dict[str, list[str]] = {}
        self.immaterial: dict[str, list[str]] = {}

    def add(self, kind: str, subject: str, *, material: bool) -> None:
        (self.material if material else self.immaterial).setdefault(kind, []).append(subject)


def _told(kinds: Mapping[str, Sequence[str]]) -> Iterable[str]:
    for kind, subjects in kinds.items():
        named = [subject for subject in subjects if subject]
        yield f"{shortened(named)}: {kind}" if named else kind


def _of_nodes(agreed: Mapping[str, Any], now: Mapping[str, Any], changes: _Changes) -> None:
    steps = {step["node"]: step for step in now["steps"]}
    left_out = {entry["node"]: entry["reason"] for entry in now["left_out"]}
    before = {step["node"]: step for step in agreed["steps"]}
    for name, step in before.items():
        if name in steps:
            _of_step(step, steps[name], changes)
        elif name in left_out:
            changes.add(f"would be upgraded, now left out: {left_out[name]}", name, material=True)
        elif name in now["finished"]:
            changes.add("done meanwhile", name, material=False)
    left_out_before = {entry["node"] for entry in agreed["left_out"]}
    for name in steps.keys() - before.keys():
        was = "left out" if name in left_out_before else "finished"
        changes.add(f"was {was}, now to be upgraded", name, material=was == "finished")


def _of_step(before: Mapping[str, Any], now: Mapping[str, Any], changes: _Changes) -> None:
    if before["from_version"] != now["from_version"] and not now["resumed"]:
        kind = f"is at {now['from_version']}, was at {before['from_version']}"
        changes.add(kind, now["node"], material=True)
    if now["resumed"] and not before["resumed"]:
        changes.add("begun meanwhile", now["node"], material=False)
    if not before["drain"] or not now["drain"]:
        return
    was, is_now = before["drain"]["outcome"], now["drain"]["outcome"]
    if was != is_now:
        worse = _OUTCOMES.index(is_now) > _OUTCOMES.index(was)
        kind = f"the drain was forecast as {was}, is now {is_now}"
        changes.add(kind, now["node"], material=worse and is_now in _MAY_NOT_END)


def _of_findings(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], changes: _Changes) -> None:
    def named(findings: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
        return {(finding["code"], finding["subject"]): finding for finding in findings}

    earlier, later = named(before), named(now)
    for key, finding in later.items():
        blocking = finding["severity"] == "blocking"
        if key not in earlier:
            changes.add(f"new: {finding['code']}", finding["subject"], material=blocking)
        elif blocking and earlier[key]["severity"] != "blocking":
            changes.add(f"blocks now: {finding['code']}", finding["subject"], material=True)
    for key, finding in earlier.items():
        if key not in later:
            changes.add(f"gone: {finding['code']}", finding["subject"], material=False)


def _of_time(before: Mapping[str, float] | None, now: Mapping[str, float] | None, changes: _Changes) -> None:
    if not before or not now or before == now:
        return
    low, high = (f"{now[bound] / 60:.0f}" for bound in ("low", "high"))
    was_low, was_high = (f"{before[bound] / 60:.0f}" for bound in ("low", "high"))
    if now["high"] > before["high"]:
        changes.add(f"takes {low} to {high} min, was {was_low} to {was_high} min", "", material=True)
