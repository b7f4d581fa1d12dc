# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes between the drain engine and whoever executes its commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._model.budget import Budget
from .._model.finding import Finding
from .._model.pod import Pod
from .eviction import Answer


@dataclass(frozen=True, slots=True)
class Siblings:
    """The pods of the controller ``uid``, on whichever node; ``selector`` finds them in their namespace."""

    uid: str
    namespace: str
    selector: str


@dataclass(frozen=True, slots=True)
class Look:
    """Read a node's pods. ``consistent`` forbids a cache's answer; the others ask for more to be read with them."""

    node: str
    consistent: bool = False
    condition: bool = False
    budgets: bool = False
    volumes: bool = False
    siblings: tuple[Siblings, ...] = ()


@dataclass(frozen=True, slots=True)
class Cordon:
    """Make the node unschedulable, in our name."""

    node: str


@dataclass(frozen=True, slots=True)
class Evict:
    """Evict exactly this pod (uid precondition); without ``grace_period_seconds`` it keeps its own."""

    node: str
    pod: Pod
    grace_period_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell on the Node what happens (a Kubernetes Event); ``reason`` is its word, ``warning`` its type."""

    node: str
    reason: str
    message: str
    warning: bool = False


Command = Look | Cordon | Evict | Announce


@dataclass(frozen=True, slots=True)
class Condition:
    """A node, as far as drains look at it; ``unreachable``: its kubelet has not been heard for long."""

    unschedulable: bool
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """All pods bound to a node: the answer to ``Look``.

    ``asked_at`` is when the first request was sent, ``taken_at`` the same by the wall clock (ISO 8601, UTC); without
    ``consistent`` the answer may be older than that. ``missing_daemonsets`` are uids of DaemonSets that control a pod
    here and no longer exist. ``volumes`` are attached to the node although none of these pods uses them. ``ready`` are
    how many siblings are ready and stay so, by uid of their controller. What was not asked for is None, or not there.
    """

    node: str
    asked_at: float
    taken_at: str
    consistent: bool
    pods: tuple[Pod, ...]
    missing_daemonsets: frozenset[str] = frozenset()
    condition: Condition | None = None
    budgets: tuple[Budget, ...] | None = None
    volumes: tuple[str, ...] | None = None
    ready: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cordoned:
    """The node is unschedulable since ``at``."""

    node: str
    at: float


@dataclass(frozen=True, slots=True)
class Evicted:
    """The answer to ``Evict``, whatever it was."""

    node: str
    uid: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A ``Look`` or ``Cordon`` that failed; ``message`` says how."""

    node: str
    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A node that cannot be drained any more, such as one that was removed from the cluster."""

    node: str
    findings: tuple[Finding, ...]


Observation = Listing | Cordoned | Evicted | Unobserved | Lost


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now, and when to come back at the latest."""

    commands: tuple[Command, ...]
    wake_at: float
