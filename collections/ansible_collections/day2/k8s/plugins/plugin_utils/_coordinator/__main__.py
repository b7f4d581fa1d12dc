# SPDX-License-Identifier: GPL-3.0-or-later
"""The coordinator as a process; ``launch`` starts it and says on its standard input what it is to do."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import IO, Any

from .._kube.lease import Lock
from .._kube.transport import Transport
from .._model.api_error import ApiError
from .._model.errors import Day2Error
from .config import CoordinatorConfig
from .coordinator import Ending
from .process import coordinate

LOG = logging.getLogger(__name__)


class StartReport:
    """The pipe to ``launch``."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def send(self, report: str, **details: Any) -> None:
        """Never fails: whether anybody still listens is for the watch over the controller to find out."""
        try:
            self._stream.write(json.dumps({"report": report, **details}) + "\n")
            self._stream.flush()
        except BrokenPipeError:
            LOG.warning("nobody listens for the report %s", report)

    def ready(self) -> None:
        """The last report: ``launch`` returns."""
        self.send("ready")
        self._stream.close()


def main() -> int:
    """Returns the exit code: 0 for a run that was closed, 1 for a start that was refused, 2 for every other ending."""
    config = CoordinatorConfig.from_dict(json.load(sys.stdin))
    report = StartReport(os.fdopen(config.report_fd, "w", encoding="utf-8"))
    try:
        transport = Transport(config.connection)
        lock = Lock(
            transport,
            config.run.id,
            config.holder,
            ttl=config.ttl_seconds,
            say=lambda text: report.send("waiting", text=text),
        )
        lock.acquire()
    except Day2Error as error:
        report.send("refused", findings=[finding.to_dict() for finding in error.findings])
        return 1
    except ApiError as error:
        report.send("api_error", status=error.status, reason=error.reason, message=error.message)
        return 1
    LOG.info("lock of run %s held by %s", config.run.id, config.holder)
    return 0 if coordinate(config, transport, lock, ready=report.ready) is Ending.CLOSED else 2


if __name__ == "__main__":
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)sZ %(levelname)s %(message)s")
    logging.captureWarnings(True)
    sys.exit(main())
