# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator wants of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._model.acceptance import Acceptance
from .._model.selector import Selector
from .._model.version import KubernetesVersion
from .limits import Limits, Pool


@dataclass(frozen=True, slots=True)
class Intent:
    """What an operator wants; ``nodes`` are inventory names (none: all), ``excluded`` selects Nodes by label.

    ``max_unavailable`` counts nodes that may be out at once, ``failure_budget`` nodes that may fail. ``drain`` is the
    policy of drains as it was given.
    """

    cluster_uid: str
    target: KubernetesVersion
    nodes: tuple[str, ...] = ()
    excluded: Selector = field(default=Selector(nothing=True))
    max_unavailable: int = 1
    failure_budget: int = 0
    accept: tuple[Acceptance, ...] = ()
    pools: tuple[Pool, ...] = ()
    one_zone_at_a_time: bool = False
    drain: Mapping[str, Any] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        return Limits(self.max_unavailable, self.pools, self.one_zone_at_a_time)
