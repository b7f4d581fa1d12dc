# SPDX-License-Identifier: GPL-3.0-or-later
"""Just before a node is taken in hand: is it certain that its drain could never end?

The plan has said so for the whole cluster, when the run began. Hours later a budget may be another one, and a node that
is not taken costs nothing, while a drain that waits in vain costs its whole deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._drain.forecast.forecaster import Forecaster
from .._drain.options import DrainOptions
from .._gates import acceptance
from .._kube import observe
from .._kube.transport import Transport
from .._model.acceptance import Acceptance
from .._model.finding import Finding
from .._model.node import Node


def undrainable(
    transport: Transport,
    node_name: str,
    nodes: Mapping[str, Node],
    *,
    drain: DrainOptions,
    accepted: Iterable[Acceptance],
    now_iso: str,
) -> tuple[Finding, ...]:
    """Why the drain of ``node_name`` would certainly never end, but for what is ``accepted``; empty if it may.

    Raises ApiError.
    """
    workloads = observe.around(transport, node_name, nodes, now_iso=now_iso)
    found = Forecaster(workloads, drain).trial([node_name]).nodes[0]
    remaining, _accepted = acceptance.apply(found.findings, accepted)
    return remaining
