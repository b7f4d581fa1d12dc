# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module kubeadm_images does.

Only the kubeadm of the target knows which images the target needs, and it must not be installed before the node is in
hand. So it is taken out of its downloaded package, used, and thrown away.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from .. import apt, dpkg, images, kubeadm, kubelet, static_pods
from ..errors import HostError
from ..host import Host
from ..work import Work, WorkFailedError, WorkLostError, advance, describe, tail
from ..work_unit import Command, Outcome, WorkUnit

FAILED = "D2-PACKAGE-002"
# Not below /tmp or /run, which hardened nodes mount without the right to execute.
EXTRACTED = "/var/cache/day2-kubeadm"


@dataclass(frozen=True)
class Request:
    """``version`` of Kubernetes; ``image_repository`` None means the one this node's control plane came from."""

    version: str
    image_repository: str | None


def run(host: Host, request: Request, work: Work, *, check_mode: bool) -> dict[str, Any]:
    """The module's result; raises HostError."""
    repository = request.image_repository or static_pods.image_repository(host.files)
    if check_mode:
        # Which images are missing is only known to the target's kubeadm, and check mode downloads and unpacks nothing.
        return {"changed": False, "finished": True, "images": [], "image_repository": repository}
    unit = host.work_unit()
    wanted: list[str] = []

    def decide(outcome: Outcome | None) -> Command | None:
        if outcome:
            return None
        program = _target_kubeadm(host, request.version)
        listed = kubeadm.images_command(program, "list", request.version, image_repository=repository)
        wanted.extend(host.runner.run(listed).stdout.split())
        endpoint = kubelet.runtime_endpoint(host.files)
        present = images.present(host.runner, endpoint)
        if present is not None and present.issuperset(wanted):
            return None
        return Command(
            kubeadm.images_command(
                program, "pull", request.version, image_repository=repository, runtime_endpoint=endpoint
            )
        )

    try:
        answer = advance(unit, work, decide)
    except (WorkFailedError, WorkLostError) as error:
        raise _failure(unit, work, error) from error
    if answer.finished:
        shutil.rmtree(host.files.path(EXTRACTED), ignore_errors=True)
    return {"changed": answer.ran, "images": wanted, "image_repository": repository, **describe(answer, unit, work)}


def _target_kubeadm(host: Host, version: str) -> str:
    """Path of a kubeadm of ``version``: the installed one, or the one in the downloaded package."""
    installed = dpkg.installed(host.runner, ["kubeadm"]).versions.get("kubeadm", "")
    if dpkg.satisfies(installed, version):
        return "kubeadm"
    archive = _archive(host, version)
    directory = host.files.path(EXTRACTED)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    host.runner.run(["dpkg-deb", "--extract", archive, str(directory)])
    return str(directory / "usr/bin/kubeadm")


def _archive(host: Host, version: str) -> str:
    architecture = host.runner.run(["dpkg", "--print-architecture"]).stdout.strip()
    suffix = f"_{architecture}.deb"
    for name in reversed(host.files.names(apt.ARCHIVES)):
        package, _underscore, rest = name.partition("_")
        found = rest[: -len(suffix)].replace("%3a", ":") if rest.endswith(suffix) else ""
        if package == "kubeadm" and dpkg.satisfies(found, version):
            return str(host.files.path(f"{apt.ARCHIVES}/{name}"))
    raise HostError(
        f"the package of kubeadm {version} is not in {apt.ARCHIVES}",
        code=FAILED,
        why="only that kubeadm knows which images it needs",
        remedy="download it first (day2.k8s.kubernetes_packages with download_only)",
    )


def _failure(unit: WorkUnit, work: Work, error: Exception) -> HostError:
    log = unit.log_text(work.id)
    return HostError(
        "\n".join([f"the images could not be pulled, {error}", *kubeadm.failure_lines(log)]),
        code=FAILED,
        why="the node would have to pull them while it is drained",
        remedy=f"look at {unit.log(work.id)} on the node, make the images available, then run the same command again",
        result={"changed": True, "log": unit.log(work.id), "log_tail": tail(log)},
    )
