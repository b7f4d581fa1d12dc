# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools on a real control plane: made, looked at as a forecast does, drained side by side, and watched meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import drain
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Unfenced
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import BUDGETS, PODS, RESOURCES, Workloads
from tests.harness import objects
from tests.harness.api import ApiStatusError
from tests.harness.cluster import Cluster, is_ready

from .generator import FINALIZER
from .pool import POOL_LABEL, Pool

_HANDS = 8  # requests at the same time while pools are made and taken down
_QUIET_SECONDS = 4.0
_SETTLE_SECONDS = 180.0
_WATCH_SECONDS = 1.5
_BROKEN_FOR = timedelta(hours=1)


@dataclass
class Seen:
    """What was seen while the pools were drained; times are those of the monotonic clock.

    ``gone_at`` by uid; ``allowing_at`` is when a budget (``namespace/name``) last allowed something, or
    was about to.
    """

    gone_at: dict[str, float] = field(default_factory=dict)
    allowing_at: dict[str, float] = field(default_factory=dict)


@dataclass
class Drained:
    """One pool's drain. ``pending`` are its pods without a node at the end, by ``app`` or ``group``."""

    results: tuple[DrainResult, ...]
    started_at: float
    ended_at: float
    pending: Mapping[str, int]


class Stage:
    """All pools of one batch."""

    def __init__(self, cluster: Cluster, pools: Iterable[Pool]) -> None:
        self._cluster = cluster
        self.pools = list(pools)
        self._known: dict[str, None] = {}

    # Making --------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Makes everything and waits until nothing changes any more."""
        self._each(self._make)
        self._wait_until_quiet()
        self._each(self._finish)
        self._wait_until_quiet()

    def clear(self) -> None:
        """Takes everything down."""
        self._each(self._unmake)

    def _make(self, pool: Pool) -> None:
        cluster = self._cluster
        cluster.create_namespace(pool.name)
        for node in pool.nodes:
            cluster.create_node(node.name, zone=node.zone, cpu=node.cpu, labels={POOL_LABEL: pool.name})
            if node.late:
                self._cordon(node.name, True)
        for manifest in pool.cluster_manifests:
            cluster.create(manifest)
        for manifest in pool.manifests:
            cluster.create(manifest, pool.name)
        for name in pool.operated:
            owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
            path = f"/api/v1/namespaces/{pool.name}/configmaps"
            self._operated_pod(pool, name, 1, cluster.admin.post(path, owner)["metadata"]["uid"])

    def _finish(self, pool: Pool) -> None:
        """What is to look as if it had been so for long; then the late nodes take pods."""
        admin = self._cluster.admin
        for pod in self._cluster.pods(pool.name):
            metadata = pod["metadata"]
            if (metadata.get("annotations") or {}).get("harness/never-ready"):
                self._break_long_ago(pod)
            if FINALIZER in (metadata.get("finalizers") or ()):
                admin.delete(f"/api/v1/namespaces/{pool.name}/pods/{metadata['name']}")
        for node in pool.nodes:
            if node.late:
                self._cordon(node.name, False)

    def _break_long_ago(self, pod: Mapping[str, Any]) -> None:
        since = (datetime.now(timezone.utc) - _BROKEN_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
        conditions = [
            {**c, "lastTransitionTime": since} if c["type"] == "Ready" else c for c in pod["status"]["conditions"]
        ]
        waiting = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}
        statuses = [{**each, **waiting} for each in pod["status"].get("containerStatuses") or ()]
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"
        self._cluster.admin.merge(path, {"status": {"conditions": conditions, "containerStatuses": statuses}})

    def _operated_pod(self, pool: Pool, name: str, number: int, owner_uid: str) -> None:
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": owner_uid, "controller": True}
        manifest = objects.pod(f"{name}-{number}", labels={"app": name}, metadata={"ownerReferences": [owner]})
        manifest["spec"]["nodeSelector"] = {POOL_LABEL: pool.name}
        self._cluster.create(manifest, pool.name)

    def _unmake(self, pool: Pool) -> None:
        admin = self._cluster.admin
        for pod in self._cluster.pods(pool.name):
            if pod["metadata"].get("finalizers"):
                with suppress(ApiStatusError):  # it may be gone by now
                    admin.merge(
                        f"/api/v1/namespaces/{pool.name}/pods/{pod['metadata']['name']}",
                        {"metadata": {"finalizers": None}},
                    )
        admin.delete(f"/api/v1/namespaces/{pool.name}")
        for manifest in pool.cluster_manifests:
            admin.delete(f"/api/v1/persistentvolumes/{manifest['metadata']['name']}")
        for node in pool.nodes:
            admin.delete(f"/api/v1/nodes/{node.name}")

    def _cordon(self, name: str, cordoned: bool) -> None:
        self._cluster.admin.merge(f"/api/v1/nodes/{name}", {"spec": {"unschedulable": cordoned or None}})

    def _each(self, work: Any) -> None:
        with ThreadPoolExecutor(_HANDS) as hands:
            list(hands.map(work, self.pools))

    def _wait_until_quiet(self) -> None:
        """Until pods and budgets have not changed for some seconds."""
        give_up = time.monotonic() + _SETTLE_SECONDS
        last, since = "", time.monotonic()
        while time.monotonic() - since < _QUIET_SECONDS:
            if time.monotonic() > give_up:
                raise RuntimeError(f"pods and budgets still change after {_SETTLE_SECONDS:g} s")
            state = repr(
                [
                    (each["metadata"]["uid"], each["metadata"]["resourceVersion"])
                    for path in (PODS, BUDGETS)
                    for each in self._cluster.admin.list(path)
                ]
            )
            if state != last:
                last, since = state, time.monotonic()
            time.sleep(0.5)

    # Looking, as a forecast does -----------------------------------------------------------------------------------

    def observe(self) -> Workloads:
        """One look at everything."""
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Workloads.from_api({path: self._cluster.admin.list(path) for path in RESOURCES}, taken_at=now)

    def evidence(self, pool: Pool) -> dict[str, Any]:
        """What is there, for whoever wants to know why a forecast was wrong."""
        budgets = self._cluster.admin.list(f"/apis/policy/v1/namespaces/{pool.name}/poddisruptionbudgets")
        events = self._cluster.admin.list(f"/api/v1/namespaces/{pool.name}/events")
        nodes = [self._cluster.node(node.name) for node in pool.nodes]
        return {"pods": self._cluster.pods(pool.name), "budgets": budgets, "events": events, "nodes": nodes}

    # Draining ------------------------------------------------------------------------------------------------------

    def drain(self, options: Mapping[str, DrainOptions]) -> tuple[dict[str, Drained], Seen]:
        """Drains every pool, side by side, with the options of its name."""
        seen, over = Seen(), threading.Event()
        self._look(seen)  # whoever goes before the next look is missed only if it was seen
        watcher = threading.Thread(target=self._watch, args=(seen, over), daemon=True)
        watcher.start()
        with ThreadPoolExecutor(len(self.pools), thread_name_prefix="drain") as hands:
            done = list(hands.map(lambda pool: self._drain(pool, options[pool.name]), self.pools))
        over.set()
        watcher.join()
        self._look(seen)
        return {pool.name: drained for pool, drained in zip(self.pools, done, strict=True)}, seen

    def _drain(self, pool: Pool, options: DrainOptions) -> Drained:
        started = time.monotonic()
        results = drain(
            Transport(ConnectionOptions(kubeconfig=str(self._cluster.product_kubeconfig)), patience=60.0),
            pool.drained,
            options,
            run_id="",
            now_iso=lambda: datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            fence=Unfenced(),
            say=lambda _text: None,
        )
        pending: dict[str, int] = {}
        for pod in self._cluster.pods(pool.name):
            if not pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]:
                pending[_app(pod)] = pending.get(_app(pod), 0) + 1
        return Drained(results, started, time.monotonic(), pending)

    def _watch(self, seen: Seen, over: threading.Event) -> None:
        while not over.wait(_WATCH_SECONDS):
            self._look(seen)

    def _look(self, seen: Seen) -> None:
        now = time.monotonic()
        pods = {pod["metadata"]["uid"]: pod for pod in self._cluster.admin.list(PODS)}
        for uid in self._known.keys() - pods.keys():
            seen.gone_at.setdefault(uid, now)
        self._known |= dict.fromkeys(pods)
        for budget in self._cluster.admin.list(BUDGETS):
            status = budget.get("status", {})
            # It does not count a pod that it let go until it has seen it go. One that was made anew under the same name
            # before that is taken for it, for two minutes: the budget is going to allow more by itself.
            if status.get("disruptionsAllowed", 0) > 0 or status.get("disruptedPods"):
                seen.allowing_at[f"{budget['metadata']['namespace']}/{budget['metadata']['name']}"] = now
        self._operate(pods.values())

    def _operate(self, pods: Iterable[Mapping[str, Any]]) -> None:
        """The operators' work: a second pod, once the node of the first is cordoned."""
        for pool in self.pools:
            for name in pool.operated:
                own = [p for p in pods if p["metadata"]["namespace"] == pool.name and _app(p) == name]
                if len(own) == 1 and is_ready(own[0]) and self._is_cordoned(own[0]["spec"]["nodeName"]):
                    number = int(own[0]["metadata"]["name"].rpartition("-")[2]) + 1
                    self._operated_pod(pool, name, number, own[0]["metadata"]["ownerReferences"][0]["uid"])

    def _is_cordoned(self, node: str) -> bool:
        return bool(self._cluster.node(node)["spec"].get("unschedulable"))


def _app(pod: Mapping[str, Any]) -> str:
    """The workload that a pod of a pool belongs to."""
    return str((pod["metadata"].get("labels") or {}).get("app", ""))
