# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel limits that are counted for the whole machine and too small for several Kubernetes nodes on it."""

from __future__ import annotations

from pathlib import Path

from lab.errors import LabError

_INOTIFY = Path("/proc/sys/fs/inotify")
# Every systemd, kubelet, containerd and kube-proxy watches files; nodes in containers share the host's count. With the
# kernel's default of 128 instances the sixth node's kube-proxy ends with "too many open files".
_LEAST = {"max_user_instances": 8192, "max_user_watches": 524288}


def raise_inotify(directory: Path = _INOTIFY) -> None:
    """Raise what is too small; what is larger already stays. It lasts until the machine is started again."""
    for name, least in _LEAST.items():
        limit = directory / name
        if int(limit.read_text()) >= least:
            continue
        try:
            limit.write_text(f"{least}\n")
        except OSError as error:
            raise LabError(
                f"fs.inotify.{name} is below {least}, too small for a cluster, and cannot be raised: {error}",
                remedy=f"as root: sysctl -w fs.inotify.{name}={least}",
            ) from error
