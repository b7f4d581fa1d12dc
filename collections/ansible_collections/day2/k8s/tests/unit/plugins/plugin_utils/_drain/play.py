# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a drain step by step: what the engine commands is kept, and what is observed is said by the test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.engine import step
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Answer, Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.pacing import Pacer
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import (
    Announce,
    Command,
    Condition,
    Cordon,
    Cordoned,
    Evict,
    Evicted,
    Listing,
    Look,
    Lost,
    Observation,
    Unobserved,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import DrainState, Ending, NodeDrain
from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import NODE, NOW

UNHURRIED = 1000.0
# A node's last look is not before this time after its cordon.
SETTLE_SECONDS = DrainOptions().settle_seconds


class Play:
    """``now`` starts at 0; ``commands`` are those of the last step, ``announced`` what was told on nodes and when.

    The pace of evictions is none unless a test gives one, volumes are waited for only where a test asks for it, and
    chance has no part.
    """

    def __init__(self, *, names: tuple[str, ...] = (NODE,), pace: float = UNHURRIED, **options: Any) -> None:
        options.setdefault("volume_detach_seconds", 0)
        self.state = DrainState.of(names, DrainOptions(**options), 0.0, lambda: 0.0)
        self.state.pacer = Pacer(pace)
        self.now = 0.0
        self.wake_at = 0.0
        self.commands: list[Command] = []
        self.announced: list[tuple[str, float]] = []
        self.step()

    @property
    def node(self) -> NodeDrain:
        """The drain of the one node, or of the first of several."""
        return next(iter(self.state.nodes.values()))

    @property
    def ending(self) -> Ending | None:
        return self.node.ending

    @property
    def endings(self) -> dict[str, Ending | None]:
        return {name: node.ending for name, node in self.state.nodes.items()}

    @property
    def codes(self) -> list[str]:
        return [finding.code for node in self.state.nodes.values() for finding in node.failures]

    def step(self, *observations: Observation) -> Play:
        turn = step(self.state, observations, self.now)
        self.commands, self.wake_at = list(turn.commands), turn.wake_at
        self.announced += [(each.reason, self.now) for each in turn.commands if isinstance(each, Announce)]
        return self

    def at(self, now: float) -> Play:
        """Goes to this time and lets the engine look at the clock."""
        self.now = now
        return self.step()

    def listing(
        self,
        *pods: Pod,
        node: str = NODE,
        cordoned: bool | None = True,
        unreachable: bool = False,
        consistent: bool = True,
        budgets: tuple[Budget, ...] | None = (),
        volumes: tuple[str, ...] | None = None,
        ready: Mapping[str, int] | None = None,
        asked_at: float | None = None,
        missing: tuple[str, ...] = (),
        taken_at: str = NOW,
    ) -> Listing:
        """``cordoned`` None stands for a look that did not read the Node."""
        return Listing(
            node=node,
            asked_at=self.now if asked_at is None else asked_at,
            taken_at=taken_at,
            consistent=consistent,
            pods=pods,
            missing_daemonsets=frozenset(missing),
            condition=None if cordoned is None else Condition(cordoned, unreachable),
            budgets=budgets,
            volumes=volumes,
            ready=ready or {},
        )

    def see(self, *pods: Pod, **options: Any) -> Play:
        """A list arrives; options as of ``listing``."""
        return self.step(self.listing(*pods, **options))

    def cordoned(self, *pods: Pod, node: str = NODE) -> Play:
        """The cordon is set, and the look after it arrives."""
        return self.step(Cordoned(node, self.now), self.listing(*pods, node=node, cordoned=None, budgets=None))

    def cordon(self, node: str = NODE) -> Play:
        """The cordon is set."""
        return self.step(Cordoned(node, self.now))

    def fail_to_see(self, message: str = "connection refused", node: str = NODE) -> Play:
        return self.step(Unobserved(node, message))

    def lose(self, finding: Finding, node: str = NODE) -> Play:
        return self.step(Lost(node, (finding,)))

    def answer(
        self, pod: Pod, meaning: Meaning, message: str = "", retry_after: float | None = None, node: str = NODE
    ) -> Play:
        """The answer to the eviction of ``pod`` arrives."""
        return self.step(Evicted(node, pod.uid, Answer(meaning, message, retry_after)))

    @property
    def evicting(self) -> list[str]:
        """The pods whose eviction the last step commanded."""
        return [command.pod.name for command in self.commands if isinstance(command, Evict)]

    @property
    def graces(self) -> list[int | None]:
        return [command.grace_period_seconds for command in self.commands if isinstance(command, Evict)]

    @property
    def looks(self) -> list[Look]:
        return [command for command in self.commands if isinstance(command, Look)]

    @property
    def cordons(self) -> list[str]:
        """The nodes that the last step wants to have cordoned."""
        return [command.node for command in self.commands if isinstance(command, Cordon)]

    @property
    def told(self) -> list[str]:
        """What the last step wants to be told on nodes."""
        return [command.reason for command in self.commands if isinstance(command, Announce)]
