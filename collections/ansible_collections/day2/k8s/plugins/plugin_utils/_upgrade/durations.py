# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a node step takes without its drain. What pods need to leave is the forecast's to say."""

from __future__ import annotations

from typing import Protocol

from .._model.interval import Interval
from .plan import NodeStep


class StepDurations(Protocol):
    """What is expected; a plan is made with one of them, and does not ask where its figures come from."""

    def of(self, step: NodeStep) -> Interval:
        """From the admission of the node to its uncordon, all but the drain."""
        raise NotImplementedError


class UsualStepDurations:
    """What upgrades of small clusters took that were measured: kubeadm, packages, kubelet, and verifying twice.

    A control-plane node spends most of it on kubeadm, which waits for each static pod to come back; how long that is
    depends on the disk below etcd. To end what an earlier run began is to verify and to uncordon.
    """

    CONTROL_PLANE = Interval(180.0, 390.0)
    WORKER = Interval(50.0, 80.0)
    RECORD_ONLY = Interval(10.0, 30.0)

    def of(self, step: NodeStep) -> Interval:
        if not step.changes_machine:
            return self.RECORD_ONLY
        return self.CONTROL_PLANE if step.role == "control_plane" else self.WORKER
