# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the kubelet that runs, which after a package upgrade is not the one that is installed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .command import CommandError, Runner
from .files import Files
from .https import HttpError, status_of
from .work_unit import parse_properties

UNIT = "kubelet.service"
_CONFIG = "/var/lib/kubelet/config.yaml"
_FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
_INSTANCE_CONFIG = "/var/lib/kubelet/instance-config.yaml"
_FILES = (_CONFIG, _FLAGS, _INSTANCE_CONFIG, "/etc/default/kubelet")
_PROPERTIES = "MainPID,NeedDaemonReload,ExecMainStartTimestampMonotonic,FragmentPath,DropInPaths"
_VERSION = re.compile(r"\bv(\d+\.\d+\.\d+\S*)")
_RUNTIME_FLAG = re.compile(r"--container-runtime-endpoint[= ]([^\s\"']+)")
_DEFAULT_HEALTHZ_PORT = 10248
_HEALTHZ_TIMEOUT_SECONDS = 3.0

Clock = Callable[[], float]


@dataclass(frozen=True)
class Kubelet:
    """``version`` is that of the running binary, None when none runs.

    ``restart_reasons`` is empty when everything that it was started with is still as it is now.
    """

    pid: int
    version: str | None
    restart_reasons: tuple[str, ...]


def observe(runner: Runner, files: Files, *, wall_clock: Clock, clock: Clock) -> Kubelet:
    """``wall_clock`` counts epoch seconds as files' times do, ``clock`` those since boot as systemd does."""
    shown = parse_properties(runner.run(["systemctl", "show", UNIT, f"--property={_PROPERTIES}"]).stdout)
    pid = int(shown.get("MainPID") or 0)
    if pid == 0:
        return Kubelet(0, None, ("kubelet is not running",))
    age = clock() - int(shown.get("ExecMainStartTimestampMonotonic") or 0) / 1e6
    unit_files = [shown.get("FragmentPath", ""), *shown.get("DropInPaths", "").split()]
    reasons = [
        f"{path} was changed after kubelet started"
        for path in (*unit_files, *_FILES)
        if path and (files.modified_at(path) or 0.0) > wall_clock() - age
    ]
    if _binary_replaced(files, pid):
        reasons.insert(0, "the running binary is no longer the installed one")
    if shown.get("NeedDaemonReload") == "yes":
        reasons.append("systemd has not read its unit files anew")
    return Kubelet(pid, _version(runner, files, pid), tuple(reasons))


def parse_version(output: str) -> str | None:
    """``1.36.3`` of ``Kubernetes v1.36.3``."""
    match = _VERSION.search(output)
    return match[1] if match else None


def healthz_url(files: Files) -> str | None:
    """Where this kubelet says that it is well; None when its configuration turned that off."""
    configuration = files.read(_CONFIG) or ""
    port = int(_scalar(configuration, "healthzPort") or _DEFAULT_HEALTHZ_PORT)
    address = _scalar(configuration, "healthzBindAddress") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address, f"[{address}]" if ":" in address else address)
    return f"http://{host}:{port}/healthz" if port else None


def unhealthy(files: Files) -> str | None:
    """Why the kubelet cannot be called well yet, or None when it is."""
    url = healthz_url(files)
    if url is None:
        return None
    try:
        status = status_of(url, timeout_seconds=_HEALTHZ_TIMEOUT_SECONDS)
    except HttpError as error:
        return str(error)
    return None if status == 200 else f"{url} answered {status}"


def runtime_endpoint(files: Files) -> str | None:
    """The container runtime's socket that this kubelet is told to use, or None when it is left to find one."""
    flag = _RUNTIME_FLAG.search(files.read(_FLAGS) or "")
    if flag:
        return flag[1]
    for path in (_INSTANCE_CONFIG, _CONFIG):
        endpoint = _scalar(files.read(path) or "", "containerRuntimeEndpoint")
        if endpoint:
            return endpoint
    return None


def remove_flags(files: Files, names: Sequence[str]) -> list[str]:
    """Takes flags, named without dashes, out of the file that kubeadm wrote; returns those that were there."""
    before = after = files.read(_FLAGS) or ""
    removed = []
    for name in names:
        without = re.sub(rf"--{re.escape(name)}(?:=[^\s\"]*|[ \t]+(?!-)[^\s\"]+)?(?=[\s\"]|$)[ \t]*", "", after)
        if without != after:
            removed.append(name)
            after = without
    if after != before:
        files.write(_FLAGS, re.sub(r"[ \t]+(?=\"?$)", "", after, flags=re.MULTILINE), mode=0o644)
    return removed


def _scalar(configuration: str, key: str) -> str | None:
    """The value of a top-level scalar in a configuration that kubeadm wrote."""
    match = re.search(rf"^{key}:[ \t]+(.+?)[ \t]*$", configuration, re.MULTILINE)
    return match[1].strip("\"'") if match else None


def _binary_replaced(files: Files, pid: int) -> bool:
    # The kernel keeps the old file for the process and says so in the link's text.
    return str(files.path(f"/proc/{pid}/exe").readlink()).endswith(" (deleted)")


def _version(runner: Runner, files: Files, pid: int) -> str | None:
    """Ask the very binary that runs, even if its file is gone by now."""
    directory = Path(tempfile.mkdtemp(prefix="day2-kubelet-"))
    try:
        # By the name kubelet: a binary that holds several programs chooses by it.
        link = directory / "kubelet"
        link.symlink_to(files.path(f"/proc/{pid}/exe"))
        return parse_version(runner.run([str(link), "--version"], timeout_seconds=20).stdout)
    except CommandError:
        return None
    finally:
        shutil.rmtree(directory, ignore_errors=True)
