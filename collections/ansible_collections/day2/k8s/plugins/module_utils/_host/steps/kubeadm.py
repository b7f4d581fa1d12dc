# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module kubeadm_upgrade does on the node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .. import kubeadm, kubelet, static_pods
from ..errors import HostError
from ..host import Host
from ..work import Work, WorkFailedError, WorkLostError, advance, describe, tail
from ..work_unit import Command, Outcome, WorkUnit

FAILED = "D2-KUBEADM-001"
_ENVIRONMENT = {"LC_ALL": "C", "HOME": "/root"}


@dataclass(frozen=True)
class Request:
    """``mode`` is apply, node, or none to start nothing; ``version`` is without a leading v."""

    mode: str
    version: str
    certificate_renewal: bool
    ignore_preflight_errors: Sequence[str]
    unwanted_kubelet_flags: Sequence[str] = ()

    def command(self) -> list[str]:
        return kubeadm.upgrade_command(
            self.mode,
            self.version,
            certificate_renewal=self.certificate_renewal,
            ignore_preflight_errors=self.ignore_preflight_errors,
        )


def run(host: Host, request: Request, work: Work, *, check_mode: bool) -> dict[str, Any]:
    """The module's result; raises HostError."""
    if check_mode:
        return {"changed": True, "finished": True, "superseded": False, "command": request.command()}
    unit = host.work_unit()

    def decide(outcome: Outcome | None) -> Command | None:
        if outcome or request.mode == kubeadm.NONE:
            return None
        _require_version(host, request)
        return Command(request.command(), _ENVIRONMENT)

    try:
        answer = advance(unit, work, decide)
    except (WorkFailedError, WorkLostError) as error:
        raise _failure(host, request, unit, work, error) from error
    return {
        "changed": answer.ran,
        "command": request.command(),
        "static_pod_versions": static_pods.versions(host.files),
        "kubelet_flags_removed": _migrate(host, request) if answer.finished else [],
        **describe(answer, unit, work),
    }


def _migrate(host: Host, request: Request) -> list[str]:
    """Before the new kubelet is installed: the old one does without the flags, the new one does not start with them."""
    if request.mode == kubeadm.NONE:
        return []
    return kubelet.remove_flags(host.files, request.unwanted_kubelet_flags)


def _require_version(host: Host, request: Request) -> None:
    installed = kubeadm.installed_version(host.runner)
    if installed != request.version:
        raise HostError(
            f"kubeadm on this node is {installed or 'unknown'}, the target is {request.version}",
            code=FAILED,
            why="kubeadm upgrades a node to its own version",
            remedy="install the target's kubeadm package first (day2.k8s.kubernetes_packages)",
        )


def _failure(host: Host, request: Request, unit: WorkUnit, work: Work, error: Exception) -> HostError:
    log = unit.log_text(work.id)
    return HostError(
        "\n".join([f"`{' '.join(request.command())}` failed, {error}", *kubeadm.failure_lines(log)]),
        code=FAILED,
        why="the node's control plane or kubelet configuration is not at the target",
        remedy=f"look at {unit.log(work.id)} on the node, remove the cause, then run the same command again",
        result={
            "changed": True,
            "command": request.command(),
            "log": unit.log(work.id),
            "log_tail": tail(log),
            "static_pod_versions": static_pods.versions(host.files),
        },
    )
