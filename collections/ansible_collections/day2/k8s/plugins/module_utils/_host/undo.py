# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: whatever must not outlive a run on this node is undone by a timer armed beforehand.

An undo is a list of commands, kept as a script and run by a transient systemd timer unless somebody disarms it first.
It asks nobody: neither the controller, nor the network, nor this collection has to be there any more. Script and timer
lie below /run, as everything has to that is undone this way: a machine that restarts comes back without any of it.

Work that goes on on the node (kubeadm, packages) outlives whoever began it, and what is kept away for its sake is kept
away until it has ended.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from . import units
from .command import CommandError, Completed, Runner
from .files import Files

DIRECTORY = "/run/day2/undo"
_NAME = re.compile(r"^[a-z][a-z0-9-]{0,62}$")
_RUN_SECONDS = 180

# The word that the timer gives to the script.
_ONCE_WORK_HAS_ENDED = "once-work-has-ended"

# Each command is tried, whatever became of those before it; the script goes when all of them have succeeded.
# Waiting is bounded: whatever work there may be, it does not take half an hour.
_SCRIPT = """\
#!/bin/sh
# day2.k8s: undoes {name}; run by day2-undo-{name}.timer, or by whoever is done with it.
n=0
while [ "$1" = {waits} ] && [ "$n" -lt 180 ] && systemctl is-active --quiet {work}; do n=$((n + 1)); sleep 10; done
status=0
{commands}
[ "$status" -eq 0 ] && rm -f "$0"
exit "$status"
"""


class Undo:
    """The undos of this node, each by its ``name`` (lower case, digits, hyphens)."""

    def __init__(self, runner: Runner, files: Files) -> None:
        self._runner = runner
        self._files = files

    def arm(self, name: str, commands: Sequence[Sequence[str]], *, timeout_seconds: int) -> None:
        """Have ``commands`` run in ``timeout_seconds``; an undo of that name that is armed is replaced.

        To be called before the change. Raises CommandError, and then nothing is armed.
        """
        lines = "\n".join(f"{shlex.join(command)} || status=1" for command in commands)
        self._stop(name)
        self._files.write(self._script(name), _script(name, lines), mode=0o700)
        try:
            self._runner.run(
                [
                    "systemd-run",
                    f"--unit={units.undo(name)}",
                    f"--description=day2.k8s: undo {name}",
                    f"--on-active={timeout_seconds}s",
                    "--timer-property=AccuracySec=1s",
                    "--service-type=oneshot",
                    "--collect",
                    "--quiet",
                    "--",
                    # No word here may hold a "$": a reload of systemd doubles it once more in a unit like this.
                    "/bin/sh",
                    self._script(name),
                    _ONCE_WORK_HAS_ENDED,
                ]
            )
        except CommandError:
            self._files.remove(self._script(name))
            raise

    def prolong(self) -> None:
        """Give every undo that is armed its whole time again: somebody is still there to disarm it."""
        for name in self.armed():
            self._runner.run(["systemctl", "restart", _timer(name)], check=False)

    def run(self, name: str) -> Completed:
        """Undo now. The timer stays armed until all of it has succeeded; raises CommandError otherwise."""
        completed = self._runner.run(["/bin/sh", self._script(name)], timeout_seconds=_RUN_SECONDS)
        self._stop(name)
        return completed

    def armed(self) -> list[str]:
        """The names of what is still to be undone; also of what a timer tried in vain."""
        return [entry[: -len(".sh")] for entry in self._files.names(DIRECTORY) if entry.endswith(".sh")]

    def _stop(self, name: str) -> None:
        self._runner.run(["systemctl", "stop", _timer(name)], check=False)

    def _script(self, name: str) -> str:
        if not _NAME.match(name):
            raise ValueError(f"{name!r} cannot be the name of an undo")
        return f"{DIRECTORY}/{name}.sh"


def _timer(name: str) -> str:
    return f"{units.undo(name)}.timer"


def _script(name: str, commands: str) -> str:
    return _SCRIPT.format(name=name, commands=commands, waits=_ONCE_WORK_HAS_ENDED, work=units.NODE_WORK)
