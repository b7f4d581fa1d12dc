# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes between the drain engine and whoever executes its commands."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.budget import Budget
from .._model.pod import Pod
from .eviction import Answer


@dataclass(frozen=True, slots=True)
class Look:
    """Read the node and its pods; ``consistent`` forbids a cache's answer, ``budgets`` asks for the budgets as well."""

    consistent: bool
    budgets: bool


@dataclass(frozen=True, slots=True)
class Cordon:
    """Make the node unschedulable, in our name."""


@dataclass(frozen=True, slots=True)
class Evict:
    """Evict exactly this pod (uid precondition)."""

    pod: Pod


Command = Look | Cordon | Evict


@dataclass(frozen=True, slots=True)
class Listing:
    """The node and all pods bound to it: the answer to ``Look``.

    ``asked_at`` is when the first request was sent; without ``consistent`` the answer may be older than that.
    ``missing_daemonsets`` are uids of DaemonSets that control a pod here and no longer exist. ``budgets`` is None where
    they were not asked for.
    """

    asked_at: float
    consistent: bool
    unschedulable: bool
    pods: tuple[Pod, ...]
    missing_daemonsets: frozenset[str] = frozenset()
    budgets: tuple[Budget, ...] | None = None


@dataclass(frozen=True, slots=True)
class Evicted:
    """The answer to ``Evict``, whatever it was."""

    uid: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A ``Look`` or ``Cordon`` that failed; ``message`` says how."""

    message: str


Observation = Listing | Evicted | Unobserved


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now, and when to come back at the latest."""

    commands: tuple[Command, ...]
    wake_at: float
