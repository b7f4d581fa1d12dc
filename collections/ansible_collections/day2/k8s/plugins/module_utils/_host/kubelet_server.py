# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: which API server a control-plane node's kubelet talks to, while its own comes and goes.

kubeadm points the kubelet of a control-plane node at that node's own API server. While that one is away, the kubelet
cannot report the static pods that kubeadm waits for, and a new kubelet starts the new pods before it has ended the old.
So it is given another kubeconfig for a while, by a drop-in below /run: kubeadm's files stay as they are.
"""

from __future__ import annotations

import re
import shlex

from .command import Runner
from .files import Files
from .kubelet import UNIT
from .work_unit import parse_properties

KUBECONFIG = "/etc/kubernetes/kubelet.conf"
TEMPORARY_KUBECONFIG = "/run/day2/kubelet.conf"
DROP_IN = "/run/systemd/system/kubelet.service.d/90-day2-isolation.conf"
_SERVER = re.compile(r"^(\s*server:\s*)\S+\s*$", re.MULTILINE)


def moved(files: Files) -> bool:
    """Whether the kubelet is (or will be, once restarted) with another API server than its own."""
    return files.exists(DROP_IN)


def move(runner: Runner, files: Files, endpoint: str) -> bool:
    """Let the kubelet talk to ``endpoint`` and restart it; False where its unit is not laid out as kubeadm's is.

    Raises CommandError.
    """
    setting = _setting(runner)
    kubeconfig = files.read(KUBECONFIG)
    if setting is None or kubeconfig is None or not _SERVER.search(kubeconfig):
        return False
    files.write(TEMPORARY_KUBECONFIG, _SERVER.sub(rf"\g<1>https://{endpoint}", kubeconfig))
    files.write(DROP_IN, f'[Service]\nEnvironment="{setting}"\n', mode=0o644)
    for command in _RESTART:
        runner.run(command)
    return True


def undo_commands() -> list[list[str]]:
    """Back to the kubelet's own kubeconfig."""
    return [["rm", "-f", DROP_IN, TEMPORARY_KUBECONFIG], *_RESTART]


_RESTART = [["systemctl", "daemon-reload"], ["systemctl", "restart", UNIT]]


def _setting(runner: Runner) -> str | None:
    """The variable of kubeadm's unit that names the kubeconfig, naming the temporary one."""
    shown = parse_properties(runner.run(["systemctl", "show", UNIT, "--property=Environment"]).stdout)
    for word in shlex.split(shown.get("Environment", "")):
        if f"--kubeconfig={KUBECONFIG}" in word:
            return word.replace(f"--kubeconfig={KUBECONFIG}", f"--kubeconfig={TEMPORARY_KUBECONFIG}")
    return None
