# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as ``host_info`` saw it over the inventory's connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EtcdMember:
    """One member of a stacked etcd, as probed at its own endpoint by ``etcd_info``.

    ``healthy`` is the answer of a linearizable read there; ``started`` is False for a member without a name. What
    follows ``error`` a healthy member says of itself; 0 and empty are unknown.
    """

    id: str
    name: str
    endpoint: str
    started: bool
    learner: bool
    healthy: bool
    leader: bool
    error: str = ""
    version: str = ""
    db_size_bytes: int = 0
    db_size_in_use_bytes: int = 0
    quota_bytes: int = 0
    applied_index: int = 0

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> EtcdMember:
        """What an older observation does not have stays unknown."""
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__ if name in raw})


@dataclass(frozen=True, slots=True)
class Etcd:
    """The stacked etcd as one control-plane host sees it; ``alarms`` as etcd names them (``NOSPACE``)."""

    members: tuple[EtcdMember, ...]
    alarms: tuple[str, ...]

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Etcd:
        return cls(tuple(EtcdMember.from_dict(m) for m in raw["members"]), tuple(raw["alarms"]))


@dataclass(frozen=True, slots=True)
class Certificate:
    """One of a control-plane host, valid until ``not_after`` (ISO 8601, UTC); an ``authority`` signs others."""

    path: str
    not_after: str
    authority: bool


@dataclass(frozen=True, slots=True)
class UnexplainedArgument:
    """In the manifest of a ``component``, and kubeadm would write ``rendered`` in its place (None: nothing)."""

    component: str
    argument: str
    value: str
    rendered: str | None


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the inventory, matched to a Node by ``node_name``.

    ``package_versions`` are the installed ones of kubeadm, kubelet, kubectl (absent: not installed);
    ``static_pod_versions`` maps component to the tag in its manifest; ``target_package_version`` is the kubelet package
    that would bring the target (None where there is none: ``target_package_error`` may say why); ``etcd`` is None
    except on control-plane hosts whose member answered (``etcd_error`` may say why it did not);
    ``unexplained_arguments`` is None where that is not known, and then ``unexplained_arguments_error`` may say why.
    """

    name: str
    node_name: str
    reachable: bool
    error: str = ""
    machine_id: str = ""
    addresses: tuple[str, ...] = ()
    package_versions: Mapping[str, str] = field(default_factory=dict)
    static_pod_versions: Mapping[str, str] = field(default_factory=dict)
    target_package_version: str | None = None
    target_package_error: str = ""
    etcd: Etcd | None = None
    etcd_error: str = ""
    cluster_uid: str | None = None
    certificates: tuple[Certificate, ...] = ()
    unexplained_arguments: tuple[UnexplainedArgument, ...] | None = None
    unexplained_arguments_error: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "addresses": list(self.addresses),
            "certificates": [asdict(certificate) for certificate in self.certificates],
            "unexplained_arguments": None
            if self.unexplained_arguments is None
            else [asdict(argument) for argument in self.unexplained_arguments],
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Host:
        """The inverse of ``to_dict``."""
        etcd = Etcd.from_dict(raw["etcd"]) if raw["etcd"] else None
        certificates = tuple(Certificate(**certificate) for certificate in raw.get("certificates", ()))
        own = {
            "addresses": tuple(raw["addresses"]),
            "etcd": etcd,
            "certificates": certificates,
            "unexplained_arguments": unexplained_arguments(raw.get("unexplained_arguments")),
        }
        return cls(**{**raw, **own})


def unexplained_arguments(raw: Iterable[Mapping[str, Any]] | None) -> tuple[UnexplainedArgument, ...] | None:
    """As ``host_info`` returns them; None stays unknown."""
    return None if raw is None else tuple(UnexplainedArgument(**argument) for argument in raw)
