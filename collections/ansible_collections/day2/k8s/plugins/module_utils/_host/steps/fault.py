# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module node_fault does.

The undo is armed before anything is taken away. A component counts as gone when none of its processes is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import faults, static_pods
from ..command import CommandError
from ..errors import HostError
from ..faults import CUT_DELAY_SECONDS, UNDO
from ..host import Host
from ..processes import process_ids
from ..undo import Undo

FAILED = "D2-DRILL-003"
STATIC_POD, APISERVER_PORT, NETWORK = "static_pod", "apiserver_port", "network"
# The grace of a static pod as kubeadm writes it, and the kubelet's own time to notice.
_GONE_SECONDS = 60.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Request:
    """``component`` is that of a static pod; ``undo_after_seconds`` count from now."""

    fault: str
    component: str
    undo_after_seconds: int


def begin(host: Host, request: Request, *, check_mode: bool) -> dict[str, Any]:
    """The module's result once the fault is there; raises HostError, and then it has been taken back."""
    undo = Undo(host.runner, host.files)
    trouble = _impossible(host, request, undo)
    if trouble:
        raise _failure(trouble)
    if check_mode:
        return {"changed": True, "seconds": 0.0}
    began = host.clock()
    static_pod = request.fault == STATIC_POD
    undo.arm(
        UNDO,
        faults.manifest_back(request.component) if static_pod else faults.filter_back(),
        timeout_seconds=request.undo_after_seconds,
    )
    try:
        if static_pod:
            faults.take_manifest(host.runner, host.files, request.component)
            _wait_until_gone(host, request.component)
        elif request.fault == APISERVER_PORT:
            faults.refuse_apiserver_port(host.runner, host.files)
        else:
            faults.cut_network(host.runner, host.files)
    except (HostError, CommandError) as error:
        raise _failure(f"{error}; {_taken_back(undo)}") from error
    delay = CUT_DELAY_SECONDS if request.fault == NETWORK else 0
    return {"changed": True, "seconds": round(host.clock() - began + delay, 1)}


def end(host: Host, *, check_mode: bool) -> dict[str, Any]:
    """Take the fault back, if the timer has not done so; raises HostError, and then the timer still is armed."""
    undo = Undo(host.runner, host.files)
    if UNDO not in undo.armed():
        return {"changed": False}
    if not check_mode:
        try:
            undo.run(UNDO)
        except CommandError as error:
            raise _failure(f"it could not be taken back: {error}") from error
    return {"changed": True}


def _impossible(host: Host, request: Request, undo: Undo) -> str | None:
    if UNDO in undo.armed():
        return "the fault of an earlier drill is still there"
    if request.fault != STATIC_POD:
        return faults.impossible(host.runner)
    if not static_pods.present(host.files, request.component):
        return f"there is no manifest of {request.component} in {static_pods.MANIFESTS}"
    return None


def _taken_back(undo: Undo) -> str:
    try:
        undo.run(UNDO)
    except CommandError as error:
        return f"it could not be taken back either, and its timer tries again: {error}"
    return "it was taken back"


def _wait_until_gone(host: Host, component: str) -> None:
    deadline = host.clock() + _GONE_SECONDS
    while process_ids(host.files, component):
        if host.clock() >= deadline:
            raise _failure(f"{component} still runs {_GONE_SECONDS:.0f} s after its manifest was taken away")
        host.sleep(_POLL_SECONDS)


def _failure(message: str) -> HostError:
    return HostError(
        message,
        code=FAILED,
        why="what a drill is to show cannot be measured without the fault, and nothing of it may stay",
        remedy="look at the kubelet and the packet filter of the node; recover undoes what is armed there",
    )
