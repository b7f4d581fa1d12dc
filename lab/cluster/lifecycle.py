# SPDX-License-Identifier: GPL-3.0-or-later
"""How a cluster comes up and how it goes away.

Order matters for being killed at any moment: the record is written first and deleted last, and every command that
changes something begins by removing what a killed command left behind.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import datetime, timezone

from lab import artefacts, progress
from lab.cluster import bootstrap, haproxy, identity, inventory, nodes, record, services, subnets, supplies, workloads
from lab.cluster.record import ClusterRecord, Condition, Phase
from lab.cluster.spec import ClusterSpec, make_nodes
from lab.errors import LabError
from lab.host import command, limits, paths, podman, ssh

# Guards what clusters share: the choice of networks, and the life of the mirrors.
_SHARED_LOCK = "shared"


def condition(cluster: ClusterRecord) -> Condition:
    """What a cluster is right now."""
    running = {container.name for container in podman.containers(cluster.name) if container.running}
    return record.condition(
        cluster.phase,
        busy=record.busy(cluster.name),
        all_nodes_run={nodes.container(node) for node in cluster.nodes} <= running,
        load_balancer_runs=haproxy.daemon(cluster).running(),
    )


def up(spec: ClusterSpec) -> ClusterRecord:
    """Bring a cluster up, from clean; a running one that is as asked for is returned as it is."""
    with record.lock(record.cluster_lock(spec.name), wait=False) as free:
        if not free:
            raise _busy(spec.name)
        existing = record.load(spec.name)
        if existing is not None and existing.phase is Phase.READY and _runs(existing):
            if existing.spec != spec:
                raise LabError(
                    f"cluster {spec.name} already runs, made with other options",
                    remedy=f"remove it first: lab down {spec.name}",
                )
            progress.say(f"cluster {spec.name} already runs")
            return existing
        artefacts.host_packages()
        limits.raise_inotify()
        clean_up_interrupted()
        _remove(spec.name)
        try:
            return _create(spec)
        except KeyboardInterrupt:
            progress.say(f"interrupted: removing cluster {spec.name}")
            _remove(spec.name)
            raise
        except LabError:
            if record.load(spec.name) is not None:
                progress.say(f"what there is of {spec.name} stays, to be looked at: lab status, lab ssh, lab down")
            raise


def obstruct(cluster: ClusterRecord) -> None:
    """Add the workloads that drains have trouble with; once more changes nothing."""
    images = supplies.prepare(cluster.spec).workload_images
    identity.apply(cluster, workloads.render(workloads.OBSTACLES, images))
    with progress.step("wait for the workloads", 40):
        workloads.wait_ready(cluster)


def _runs(cluster: ClusterRecord) -> bool:
    running = {container.name for container in podman.containers(cluster.name) if container.running}
    return {nodes.container(node) for node in cluster.nodes} <= running and haproxy.daemon(cluster).running()


def _busy(name: str) -> LabError:
    return LabError(f"another command is working on cluster {name} right now", remedy="wait for it: lab list")


def _create(spec: ClusterSpec) -> ClusterRecord:
    started = time.monotonic()
    kept = supplies.prepare(spec)
    cluster = _reserve(spec)
    with record.lock(_SHARED_LOCK):
        ports = services.start(kept.packages)
    with progress.step(f"start the nodes ({len(cluster.nodes)})", 5):
        ssh.generate_key(cluster.directory / "id_ed25519", f"day2-lab-{cluster.name}")
        nodes.start_all(cluster, kept.node_image, kept.sandbox_image)
        haproxy.start(cluster, registry_port=ports.registry, packages_port=ports.packages)
    with progress.step(f"install kubeadm, kubelet and kubectl {spec.version}", 20):
        bootstrap.prepare(cluster)
    with progress.step("form the cluster", 90):
        proofs = bootstrap.init(cluster)
        cluster = replace(cluster, uid=identity.fetch_admin(cluster))
        with command.workers() as pool:
            furnished = pool.submit(_furnish, cluster, kept)
            bootstrap.join(cluster, proofs)
        furnished.result()
    with progress.step("wait for nodes and workloads", 20):
        workloads.wait_ready(cluster)
    inventory.write(cluster)
    cluster = cluster.entered(Phase.READY)
    progress.say(f"cluster {cluster.name} is up after {time.monotonic() - started:.0f} s")
    return cluster


def _furnish(cluster: ClusterRecord, kept: supplies.Supplies) -> None:
    """Apply what lives in the cluster; it starts as nodes join."""
    identity.create_product_identity(cluster)
    if cluster.spec.workloads:
        identity.apply(cluster, workloads.render(workloads.SAMPLES, kept.workload_images))


def _reserve(spec: ClusterSpec) -> ClusterRecord:
    """Choose a network and write the record, so that from now on everything can be found and removed."""
    with record.lock(_SHARED_LOCK):
        reserved = [other.subnet for name in record.names() if (other := record.load(name)) is not None]
        subnet = subnets.choose([*subnets.in_use(), *reserved])
        machine_ids = [uuid.uuid4().hex for _ in range(spec.control_planes + spec.workers)]
        cluster = ClusterRecord(
            spec=spec,
            phase=Phase.CREATING,
            subnet=subnet,
            nodes=make_nodes(spec, subnet, machine_ids),
            created=datetime.now(tz=timezone.utc).isoformat(timespec="seconds"),
        )
        paths.private_directory(cluster.directory)
        cluster.save()
        return cluster


def down(name: str) -> bool:
    """Remove a cluster and everything of it; False when there was nothing."""
    with record.lock(record.cluster_lock(name), wait=False) as free:
        if not free:
            raise _busy(name)
        known = name in all_names()
        if known:
            with progress.step(f"remove cluster {name}", 10):
                _remove(name)
    clean_up_interrupted()
    return known


def all_names() -> list[str]:
    """Clusters that have a record or of which podman still holds something."""
    return sorted({*record.names(), *podman.clusters_with_objects()})


def clean_up_interrupted() -> None:
    """Remove what commands left behind that were killed while they made or removed a cluster."""
    for name in all_names():
        with record.lock(record.cluster_lock(name), wait=False) as free:
            # The lock of the cluster that this command works on is not free either.
            if not free:
                continue
            known = record.load(name)
            if known is None or known.phase is not Phase.READY:
                with progress.step(f"remove what is left of cluster {name}, whose making was interrupted", 10):
                    _remove(name)


def _remove(name: str) -> None:
    """Remove a cluster whose lock is held. What is already gone is no error."""
    known = record.load(name)
    if known is not None:
        known.entered(Phase.REMOVING)
        haproxy.daemon(known).stop()
    podman.remove_cluster(name)
    with record.lock(_SHARED_LOCK):
        record.forget(name)
        if not record.names():
            services.stop()
