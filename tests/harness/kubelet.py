# SPDX-License-Identifier: GPL-3.0-or-later
"""A running kubelet that does nothing: the real program, so that the binary of the process tells its version."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class IdleKubelet:
    """``kubelet --version``, stopped in the middle of its answer by a pipe that nobody empties."""

    def __init__(self, program: Path) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, bytes(4096))
        except BlockingIOError:
            os.set_blocking(writer, True)
        self._popen = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", str(program), "--version"], stdout=writer, start_new_session=True
        )
        os.close(writer)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def stop(self) -> None:
        self._popen.kill()
        self._popen.wait()
        os.close(self._reader)
