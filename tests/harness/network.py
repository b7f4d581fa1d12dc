# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the test run's own: only loopback, with every port free and addresses as wanted."""

from __future__ import annotations

import ctypes
import os
import subprocess

_CLONE_NEWNET = 0x40000000


def enter() -> None:
    """Move this process, and all that it starts from now on, into an empty network; needs root.

    Call it before other threads exist, for only the calling one moves. Nothing of the machine is changed, and the
    network is gone with its last process.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def add_address(address: str) -> None:
    """Answer at ``address`` too; inside a network entered before."""
    subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)
