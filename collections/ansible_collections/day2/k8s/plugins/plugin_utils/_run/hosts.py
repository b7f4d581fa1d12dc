# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the plays registered about a host to the value that planning and gates work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.host import Certificate, Etcd, Host, unexplained_arguments

NO_ANSWER = "it gave no answer over the connection of the inventory"


def host_from_vars(name: str, node_name: str, facts: Mapping[str, Any] | None) -> Host:
    """The host of inventory name ``name``.

    ``facts`` is the result of ``host_info``; None, a result without an answer and a failed one stand for a host that
    cannot be worked on.
    """
    if not facts or not facts.get("reachable"):
        error = (facts or {}).get("error") or (facts or {}).get("msg") or NO_ANSWER
        return Host(name=name, node_name=node_name, reachable=False, error=str(error))
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
        target_package_error=facts.get("target_package_error") or "",
        etcd=Etcd.from_dict(etcd) if etcd else None,
        etcd_error=facts.get("etcd_error") or "",
        cluster_uid=facts.get("cluster_uid") or None,
        certificates=tuple(Certificate(**certificate) for certificate in facts.get("certificates") or ()),
        unexplained_arguments=unexplained_arguments(facts.get("unexplained_arguments")),
        unexplained_arguments_error=facts.get("unexplained_arguments_error") or "",
    )
