# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the node as code here gets at it, and the shell around every module.

Commands, files and time come through one value, so that tests replace all of them at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule

from .command import CommandError, Runner
from .errors import HostError
from .files import Files
from .work_unit import WorkUnit


@dataclass(frozen=True)
class Host:
    """``wall_clock`` counts epoch seconds, ``clock`` those since boot."""

    runner: Runner
    files: Files
    wall_clock: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def work_unit(self) -> WorkUnit:
        return WorkUnit(self.runner, self.files, wall_clock=self.wall_clock, clock=self.clock, sleep=self.sleep)


def run_module(module: AnsibleModule, behaviour: Callable[[Host], dict[str, Any]]) -> None:
    """End the module with what ``behaviour`` returns, or as failed with what it raises."""
    host = Host(Runner(module.run_command), Files(), time.time, time.monotonic, time.sleep)
    try:
        result = behaviour(host)
    except HostError as error:
        module.fail_json(**error.to_result())
    except CommandError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)
