# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays one drain step by step: what the engine commands is kept, and what is observed is said by the test."""

from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.engine import step
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Answer, Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import (
    Command,
    Cordon,
    Evict,
    Evicted,
    Listing,
    Look,
    Observation,
    Unobserved,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import DrainState, Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod


class Play:
    """``now`` starts at 0; ``commands`` are those of the last step."""

    def __init__(self, **options: Any) -> None:
        self.state = DrainState(DrainOptions(**options), started_at=0.0)
        self.now = 0.0
        self.wake_at = 0.0
        self.commands: list[Command] = []
        self.step()

    @property
    def ending(self) -> Ending | None:
        return self.state.ending

    def step(self, *observations: Observation) -> Play:
        turn = step(self.state, observations, self.now)
        self.commands, self.wake_at = list(turn.commands), turn.wake_at
        return self

    def at(self, now: float) -> Play:
        """Goes to this time and lets the engine look at the clock."""
        self.now = now
        return self.step()

    def see(
        self,
        *pods: Pod,
        cordoned: bool = True,
        consistent: bool = True,
        budgets: tuple[Budget, ...] | None = (),
        asked_at: float | None = None,
        missing: tuple[str, ...] = (),
    ) -> Play:
        """A list arrives."""
        return self.step(
            Listing(
                asked_at=self.now if asked_at is None else asked_at,
                consistent=consistent,
                unschedulable=cordoned,
                pods=pods,
                missing_daemonsets=frozenset(missing),
                budgets=budgets,
            )
        )

    def fail_to_see(self, message: str = "connection refused") -> Play:
        return self.step(Unobserved(message))

    def answer(self, pod: Pod, meaning: Meaning, message: str = "", retry_after: float | None = None) -> Play:
        """The answer to the eviction of ``pod`` arrives."""
        return self.step(Evicted(pod.uid, Answer(meaning, message, retry_after)))

    @property
    def evicting(self) -> list[str]:
        """The pods whose eviction the last step commanded."""
        return [command.pod.name for command in self.commands if isinstance(command, Evict)]

    @property
    def looks(self) -> list[Look]:
        return [command for command in self.commands if isinstance(command, Look)]

    @property
    def cordons(self) -> int:
        return sum(isinstance(command, Cordon) for command in self.commands)
