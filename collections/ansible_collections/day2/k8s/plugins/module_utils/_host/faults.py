# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the faults of a failover drill on this node, and how each of them is taken back.

A manifest taken away stays on the node's disk, beside the manifests so that it goes back in one step, and a unit puts
it back where the machine restarts meanwhile: the undo's timer, below /run, would not outlive that. What is in the
packet filter a restart ends by itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from . import apiserver, static_pods, units
from .command import CommandError, Runner
from .files import Files
from .undo import DIRECTORY

UNDO = "failover-drill"
TABLE = "day2_failover_drill"
RULES_FILE = "/run/day2/failover-drill.nft"
KEPT = "/etc/kubernetes/day2-failover-drill"
RESTORE_SCRIPT = f"{KEPT}/restore.sh"
RESTORE_UNIT = f"/etc/systemd/system/{units.DRILL_RESTORE}"
_ENABLED = f"/etc/systemd/system/multi-user.target.wants/{units.DRILL_RESTORE}"
CUT_DELAY_SECONDS = 3

Commands = Sequence[Sequence[str]]

# An inet table: IPv4 and IPv6 alike. Before any other filter, so that none of them has a say.
_TABLE = """\
table inet {table}
delete table inet {table}
table inet {table} {{
{chains}
}}
"""
_REFUSED_PORT = """\
  chain input {{
    type filter hook input priority -300; policy accept;
    iif != "lo" tcp dport {port} counter reject with tcp reset
  }}"""
_CUT = """\
  chain {hook} {{
    type filter hook {hook} priority -300; policy drop;
    {loopback}
  }}"""
_LOOPBACK = {"input": 'iif "lo" accept', "output": 'oif "lo" accept', "forward": ""}
_UNIT = f"""\
[Unit]
Description=day2.k8s: put back what a failover drill took away
Before=kubelet.service
ConditionPathExists={RESTORE_SCRIPT}

[Service]
Type=oneshot
ExecStart=/bin/sh {RESTORE_SCRIPT}

[Install]
WantedBy=multi-user.target
"""


def take_manifest(runner: Runner, files: Files, component: str) -> None:
    """Have the kubelet end the static pod of ``component``; raises CommandError, and then its manifest is in place."""
    files.write(RESTORE_SCRIPT, "".join(f"{shlex.join(command)}\n" for command in manifest_back(component)))
    files.write(RESTORE_UNIT, _UNIT, mode=0o644)
    runner.run(["systemctl", "enable", "--quiet", units.DRILL_RESTORE])
    files.move(static_pods.path(component), kept(component))


def manifest_back(component: str) -> Commands:
    """Also right where the manifest is back already."""
    move = '[ ! -e "$1" ] || mv -f "$1" "$2"'
    return [
        ["/bin/sh", "-c", move, "sh", kept(component), static_pods.path(component)],
        ["rm", "-f", _ENABLED, RESTORE_UNIT, RESTORE_SCRIPT],
        # Only when it is empty.
        ["rm", "-d", "-f", KEPT],
    ]


def kept(component: str) -> str:
    """Where its manifest lies while it is taken away."""
    return f"{KEPT}/{component}.yaml"


def refuse_apiserver_port(runner: Runner, files: Files) -> None:
    """Refuse whoever is not on this node, connections that exist included; raises CommandError."""
    port = apiserver.port(static_pods.arguments(files, static_pods.CONTROL_PLANE))
    files.write(RULES_FILE, _TABLE.format(table=TABLE, chains=_REFUSED_PORT.format(port=port)))
    runner.run(["nft", "--file", str(files.path(RULES_FILE))])


def cut_network(runner: Runner, files: Files) -> None:
    """In a moment nothing enters or leaves this node, the connection of whoever asks included; raises CommandError.

    Only if the undo is still armed by then: nobody could reach the node to take the cut back.
    """
    chains = "\n".join(_CUT.format(hook=hook, loopback=rule) for hook, rule in _LOOPBACK.items())
    files.write(RULES_FILE, _TABLE.format(table=TABLE, chains=chains))
    runner.run(["nft", "--check", "--file", str(files.path(RULES_FILE))])
    runner.run(
        [
            "systemd-run",
            f"--unit={units.DRILL_CUT}",
            "--description=day2.k8s: cut the network for a failover drill",
            f"--on-active={CUT_DELAY_SECONDS}s",
            "--timer-property=AccuracySec=100ms",
            "--collect",
            "--quiet",
            "--",
            "/bin/sh",
            "-c",
            f"[ ! -e {DIRECTORY}/{UNDO}.sh ] || exec nft --file {RULES_FILE}",
        ]
    )


def filter_back() -> Commands:
    """Also right where the table is gone already."""
    return [["nft", verb, "table", "inet", TABLE] for verb in ("add", "delete")]


def impossible(runner: Runner) -> str | None:
    """Why this node's packet filter cannot be used, or None."""
    try:
        runner.run(["nft", "list", "tables"])
    except CommandError as error:
        return str(error)
    return None
