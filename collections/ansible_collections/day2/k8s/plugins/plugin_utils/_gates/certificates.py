# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the certificates of the control plane last until well after the upgrade?

kubeadm's own last a year and are renewed by each upgrade, its authorities ten years and never renewed. An upgrade with
expired ones cannot work: kubeadm and the kubelet cannot reach the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from .._model.finding import Finding, Severity
from .._model.host import Certificate
from .._model.snapshot import Snapshot
from .gate import Gate

LEAF_WARNING, AUTHORITY_WARNING = timedelta(days=30), timedelta(days=365)


class Certificates(Gate):
    """Those in ``/etc/kubernetes/pki`` of the hosts that were looked at; what a host does not tell is not judged."""

    name: ClassVar[str] = "certificates"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:  # noqa: ARG002 - the interface
        now = _moment(snapshot.taken_at)
        for name, host in sorted(snapshot.hosts.items()):
            for certificate in host.certificates:
                left = _moment(certificate.not_after) - now
                if left <= timedelta(0):
                    yield _expired(name, certificate)
                elif left < (AUTHORITY_WARNING if certificate.authority else LEAF_WARNING):
                    yield _ends_soon(name, certificate, left.days)


def _expired(host: str, certificate: Certificate) -> Finding:
    return Finding(
        code="D2-CERT-001",
        subject=host,
        message=f"{certificate.path} expired at {certificate.not_after}",
        why="components that show or trust it are refused, so that the upgrade would break off half-way",
        remedy="replace the authority first (kubeadm's documentation, manual rotation of CA certificates)"
        if certificate.authority
        else "kubeadm certs renew all, restart the control plane's static pods, then run the same command again",
    )


def _ends_soon(host: str, certificate: Certificate, days: int) -> Finding:
    return Finding(
        code="D2-CERT-002",
        subject=host,
        message=f"{certificate.path} expires in {days} days, at {certificate.not_after}",
        why="the whole cluster stops trusting its API on that day"
        if certificate.authority
        else "the API is refused from that day on",
        remedy="plan the rotation of the authority; kubeadm never renews it"
        if certificate.authority
        else "nothing, if kubeadm_certificate_renewal is true (the default): this upgrade renews it",
        severity=Severity.WARNING,
    )


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at.replace("Z", "+00:00"))
