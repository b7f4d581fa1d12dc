# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: all that planning and gates want to know of a host, gathered in one go.

Only reads. What cannot be read is None and has its reason beside it: an opening that dies of one odd host would name
neither the host nor the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import apiserver, certificates, dpkg, etcd, kubeadm_drift, kubelet, machine, static_pods
from .command import CommandError
from .errors import HostError
from .host import Host
from .https import HttpError
from .packages import Packages
from .work_unit import describe_active

_LOCK_TIMEOUT_SECONDS = 60


def observe(host: Host, *, with_etcd: bool, version: str | None) -> dict[str, Any]:
    """The result of ``host_info``; with ``version`` also whether its packages can be had."""
    packages = dpkg.installed(host.runner)
    control_plane = static_pods.present(host.files, static_pods.CONTROL_PLANE)
    return {
        "machine_id": machine.machine_id(host.files),
        "addresses": machine.addresses(host.runner),
        "os": machine.operating_system(host.files),
        "disk_free_bytes": machine.disk_free(host.files),
        "package_versions": dict(packages.versions),
        "held": list(packages.held),
        "control_plane": control_plane,
        "local_etcd": etcd.is_local(host.files),
        "static_pod_versions": static_pods.versions(host.files),
        "certificates": certificates.observe(host.runner, host.files) if control_plane else [],
        **(kubeadm_drift.observe(host.runner, host.files) if control_plane else {}),
        **_kubelet(host),
        **_work(host),
        **(_cluster_uid(host) if control_plane else {"cluster_uid": None, "cluster_uid_error": ""}),
        **(_etcd(host) if with_etcd else {}),
        **(_target_package(host, packages.versions, version) if version else {}),
    }


def etcd_info(host: Host) -> dict[str, Any]:
    """The result of ``etcd_info``; raises HostError when the local member does not answer."""
    local = etcd.is_local(host.files)
    external = not local and static_pods.present(host.files, static_pods.CONTROL_PLANE)
    found: dict[str, Any] = {"members": [], "alarms": [], "member_id": None}
    if local:
        try:
            found = _observe_etcd(host)
        except HttpError as error:
            raise HostError(
                f"the local etcd member does not answer: {error}",
                code="D2-ETCD-007",
                why="nobody can tell whether another member may be taken away",
                remedy="look at the etcd of this host (crictl logs), then run the same command again",
            ) from error
    return {"changed": False, "local": local, "external": external, **found}


def _observe_etcd(host: Host) -> dict[str, Any]:
    return etcd.observe(etcd.gateway(host.files), clock=host.clock, sleep=host.sleep).to_dict()


def _kubelet(host: Host) -> dict[str, Any]:
    try:
        seen = kubelet.observe(host.runner, host.files, wall_clock=host.wall_clock, clock=host.clock)
    except CommandError as error:
        return {"kubelet_version": None, "kubelet_restart_needed": None, "kubelet_restart_reasons": [str(error)]}
    return {
        "kubelet_version": seen.version,
        "kubelet_restart_needed": bool(seen.restart_reasons),
        "kubelet_restart_reasons": list(seen.restart_reasons),
    }


def _work(host: Host) -> dict[str, Any]:
    try:
        return {"work_unit": describe_active(host.work_unit().active())}
    except CommandError:
        return {"work_unit": None}


def _cluster_uid(host: Host) -> dict[str, Any]:
    try:
        return {"cluster_uid": apiserver.cluster_uid(host.files) or None, "cluster_uid_error": ""}
    except HttpError as error:
        return {"cluster_uid": None, "cluster_uid_error": str(error)}


def _etcd(host: Host) -> dict[str, Any]:
    if not etcd.is_local(host.files):
        return {"etcd": None, "etcd_error": ""}
    try:
        return {"etcd": _observe_etcd(host), "etcd_error": ""}
    except HttpError as error:
        return {"etcd": None, "etcd_error": str(error)}


def _target_package(host: Host, installed: Mapping[str, str], version: str) -> dict[str, Any]:
    """``target_package`` is the kubelet package of ``version``; None unless all of its companions can be had too."""
    wanted = {name: version for name in dpkg.KUBERNETES_PACKAGES if name in installed or name != "kubectl"}
    missing = {name for name in wanted if not dpkg.satisfies(installed.get(name, ""), version)}
    if not missing:
        return {"target_package": installed["kubelet"], "target_package_error": ""}
    packages = Packages(
        host.runner, host.files, lock_timeout_seconds=_LOCK_TIMEOUT_SECONDS, clock=host.clock, sleep=host.sleep
    )
    try:
        resolution = packages.look_up(dict.fromkeys(missing, version), private=True)
    except (HostError, CommandError) as error:
        return {"target_package": None, "target_package_error": str(error)}
    return {"target_package": resolution.versions.get("kubelet", installed.get("kubelet")), "target_package_error": ""}
