# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes a new pod when one goes, and when: each kind of controller has its own habit."""

from __future__ import annotations

from enum import Enum

from ..._model.pod import Pod
from ..._model.workload import Workload, is_built_in
from ..._model.workloads import CONTROLLERS, Workloads
from .budget_book import top_of


class Succession(str, Enum):
    """AT_ONCE: as soon as the pod is being deleted; AFTER: when it is gone, for it has its name; NEVER: nobody does."""

    AT_ONCE = "at once"
    AFTER = "after"
    NEVER = "never"


def succession(pod: Pod, removed_by: str) -> Succession:
    """What is known of the pod's controller; of somebody's own kind it is taken that it waits for the old pod's end.

    ``removed_by`` is what ``leaving`` says of the pod.
    """
    controller = pod.controller
    if controller is None or pod.finished or removed_by:
        return Succession.NEVER
    if controller.kind in ("ReplicaSet", "ReplicationController") and is_built_in(controller):
        return Succession.AT_ONCE
    if controller.kind == "DaemonSet" and is_built_in(controller):
        return Succession.NEVER
    return Succession.AFTER


class Endings:
    """Why pods are about to be removed without our doing; found out once for the pods of one controller."""

    def __init__(self, workloads: Workloads) -> None:
        self._workloads = workloads
        self._known: dict[tuple[str, str], str] = {}

    def of(self, pod: Pod) -> str:
        """In words; empty where nothing says so."""
        key = (pod.namespace, pod.controller.uid if pod.controller else "")
        why = self._known.get(key)
        if why is None:
            why = self._known[key] = leaving(pod, self._workloads)
        return why


def leaving(pod: Pod, workloads: Workloads) -> str:
    """Why the pod is about to be removed without our doing, in words; empty where nothing says so."""
    namespace = workloads.namespaces.get(pod.namespace)
    if namespace is not None and namespace.terminating:
        return f"namespace {pod.namespace} is being deleted"
    controller = pod.controller
    if controller is None or not is_built_in(controller) or controller.kind == "DaemonSet":
        return ""
    workload = workloads.controllers.get(controller.uid)
    if workload is None:
        path = next((path for path, kind in CONTROLLERS.items() if kind == controller.kind), "")
        return f"{controller.kind} {controller.name} no longer exists" if path in workloads.listed else ""
    top = top_of(controller, workloads) or workload
    return next((why for each in (workload, top) if (why := _ending(each))), "")


def ordered_set(pod: Pod, workloads: Workloads) -> Workload | None:
    """The StatefulSet of the pod, if it makes its pods one after the other."""
    workload = workloads.controllers.get(pod.controller.uid) if pod.controller else None
    return workload if workload is not None and workload.ordered else None


def ordinal(pod: Pod) -> int:
    """A StatefulSet's number of the pod."""
    number = pod.name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def _ending(workload: Workload) -> str:
    if workload.deleting:
        return f"{workload.kind} {workload.name} is being deleted"
    if workload.suspended:
        return f"{workload.kind} {workload.name} is suspended"
    return f"{workload.kind} {workload.name} is scaled to 0" if workload.replicas == 0 else ""
