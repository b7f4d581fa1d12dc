# SPDX-License-Identifier: GPL-3.0-or-later
"""One program of the harness; it never outlives the test run."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path


class Process:
    """A program in a process group of its own that writes to a log file.

    The kernel kills it when the process that started it dies, however that happens (setpriv --pdeathsig), so even a
    killed test run leaves nothing behind.
    """

    def __init__(self, argv: list[str], log: Path) -> None:
        self.name = Path(argv[0]).name
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id of the program itself."""
        return self._popen.pid

    def check(self) -> None:
        """Raise RuntimeError, with the end of its log, if the program has ended."""
        if (status := self._popen.poll()) is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
            raise RuntimeError(f"{self.name} ended with status {status}:\n{tail}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; an ended program is no error."""
        if self._popen.poll() is None:
            self._popen.send_signal(number)

    def stop(self, patience: float = 5.0) -> None:
        """End the program, by force after ``patience`` seconds; may be called again."""
        self.signal(signal.SIGTERM)
        try:
            self._popen.wait(patience)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface that nobody listens on at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
