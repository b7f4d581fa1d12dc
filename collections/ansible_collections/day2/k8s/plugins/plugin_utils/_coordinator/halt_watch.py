# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches the halt flag, so that a halt from another shell holds within seconds.

Apart from the lock's renewals, which come every quarter of its term: that is too rare. While the API does not answer,
what was seen last holds; nobody is admitted meanwhile anyway, since no node can be looked at.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from .._model.api_error import ApiError
from .._model.halt import Halt

LOG = logging.getLogger(__name__)
INTERVAL_SECONDS = 2.0


class HaltWatch:
    """``read`` tells the halt there is; ``on_change`` is told each time it is another one, or gone."""

    def __init__(self, read: Callable[[], Halt | None], on_change: Callable[[Halt | None], None]) -> None:
        self._read = read
        self._on_change = on_change
        self._seen: Halt | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="halt", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        """Once, now."""
        try:
            halt = self._read()
        except ApiError as error:
            LOG.warning("the halt flag could not be read: %s", error)
            return
        if halt != self._seen:
            self._seen = halt
            self._on_change(halt)

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            self.look()
