# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the plays registered about a host to the value that planning and gates work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.host import Etcd, Host

NO_ANSWER = "it gave no answer over the connection of the inventory"


def host_from_vars(name: str, node_name: str, facts: Mapping[str, Any] | None) -> Host:
    """The host of inventory name ``name``.

    ``facts`` is the result of ``host_info`` with, when they were asked for, ``etcd`` (of ``etcd_info``) and
    ``target_package`` (the package version that would bring the target, None when the repository has none);
    None stands for a host that did not answer.
    """
    if facts is None:
        return Host(name=name, node_name=node_name, reachable=False, error=NO_ANSWER)
    etcd = facts.get("etcd")
    return Host(
        name=name,
        node_name=node_name,
        reachable=True,
        machine_id=facts["machine_id"],
        addresses=tuple(facts["addresses"]),
        package_versions=dict(facts["package_versions"]),
        static_pod_versions=dict(facts["static_pod_versions"]),
        target_package_version=facts.get("target_package") or None,
        etcd=Etcd.from_dict(etcd) if etcd else None,
        cluster_uid=facts.get("cluster_uid") or None,
    )
