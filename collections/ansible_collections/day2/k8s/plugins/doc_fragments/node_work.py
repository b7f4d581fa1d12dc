# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of everything that does long work on a node, as a step of a run or alone."""

from __future__ import annotations


class ModuleDocFragment:
    """Described once; module_utils/_host/options.py holds the specification."""

    DOCUMENTATION = r"""
options:
  run:
    description:
      - The open run, as M(day2.k8s.run_open) returned it. The lock is checked before anything is done, and the step is
        written into the Node's journal.
      - Without it the task stands alone, with neither.
    type: dict
  node:
    description: Name of this host's Node. Required with O(run).
    type: str
  work_id:
    description:
      - Names the work on the node, and its log, C(/var/log/day2/<work_id>.log). Made up where it is not given.
      - A task with the id of work that has been begun reports on that work and does not begin it again.
    type: str
  wait_seconds:
    description: How long one call on the node waits for the work; the action plugin asks again until O(timeout).
    type: int
    default: 20
notes:
  - The work runs on the node as the transient systemd unit C(day2-node-work.service), so it outlives a connection that
    is cut and an C(ansible-playbook) that is killed. A task that finds the unit active waits for it first.
  - A node that does not answer makes the task I(fail) (C(D2-NODE-004)) after some minutes, and not unreachable, so that
    a rescue sees it.
"""
