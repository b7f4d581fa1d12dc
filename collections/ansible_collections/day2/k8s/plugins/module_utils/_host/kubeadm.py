# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: kubeadm's commands, and what of its output a person needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .command import Runner
from .kubelet import parse_version

APPLY = "apply"
NODE = "node"
NONE = "none"
_MATTERS = re.compile(
    r"^(error|fatal|panic|\[ERROR|\[FATAL|\s+\[ERROR|E\d{4} |.*(failed|rollback|rolling back|restored))", re.IGNORECASE
)
_LINES = 12


def installed_version(runner: Runner) -> str | None:
    """The version of the kubeadm on this node, None when it does not say."""
    return parse_version(runner.run(["kubeadm", "version", "--output=short"], timeout_seconds=20).stdout)


def upgrade_command(
    mode: str, version: str, *, certificate_renewal: bool, ignore_preflight_errors: Sequence[str]
) -> list[str]:
    """``kubeadm upgrade apply`` for the cluster and this node, or ``node`` for this node alone."""
    command = ["kubeadm", "upgrade", mode]
    if mode == APPLY:
        command += ["--yes", f"v{version}"]
    command.append(f"--certificate-renewal={'true' if certificate_renewal else 'false'}")
    if ignore_preflight_errors:
        command.append(f"--ignore-preflight-errors={','.join(ignore_preflight_errors)}")
    return command


def images_command(
    kubeadm: str, verb: str, version: str, *, image_repository: str | None, runtime_endpoint: str | None = None
) -> list[str]:
    """``config images list`` or ``pull`` of the images that ``kubeadm`` (a path) wants for ``version``."""
    command = [kubeadm, "config", "images", verb, f"--kubernetes-version=v{version}"]
    if image_repository:
        command.append(f"--image-repository={image_repository}")
    if runtime_endpoint:
        command.append(f"--cri-socket={runtime_endpoint}")
    return command


def failure_lines(log: str) -> list[str]:
    """The lines of a failed kubeadm's output that say why; its last ones when none does."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if _MATTERS.match(line)]
    return (telling or lines)[-_LINES:]
