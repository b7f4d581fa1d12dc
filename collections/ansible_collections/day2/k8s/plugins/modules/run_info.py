# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_info
short_description: Show where a cluster and its runs stand
description:
  - Reads, from the cluster alone, who holds the lock and how old that is, the open or last run, the history, and of
    each node its version, readiness, whose its cordon is, which run has it in hand, and how far its step came.
  - Any controller can ask; nothing is changed.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  environment:
    description: Name of the environment, for people who read the text.
    type: str
    default: ""
  cluster_uid:
    description:
      - The uid of the cluster's C(kube-system) namespace; if given, another cluster is refused (C(D2-CLUSTER-001)).
    type: str
    default: ""
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.run_recover
"""

EXAMPLES = r"""
- name: Show where the cluster stands
  day2.k8s.run_info:
    environment: prod
  register: status
  run_once: true
"""

RETURN = r"""
cluster_uid:
  description: The cluster that answered.
  returned: success
  type: str
  sample: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
halt:
  description: Who has halted runs, when and why; empty if nobody has. See M(day2.k8s.run_halt).
  returned: success
  type: str
  sample: "halted by anna@ops1 at 2026-08-07T10:15:00Z: orders are slow, INC-4711"
lock:
  description: Who holds the cluster's lock.
  returned: success
  type: dict
  contains:
    held:
      description: Whether anybody does.
      type: bool
    run:
      description: The run that holds it.
      type: str
      sample: 20260807T101500Z-3f9a
    holder:
      description: Who runs it, where, and the PID of its C(ansible-playbook).
      type: str
      sample: anna@ops1:4711
    renewed_seconds_ago:
      description: Age of the last renewal by this machine's clock; null if there was none.
      type: float
      sample: 7.4
    expired:
      description: Whether that is longer ago than its term.
      type: bool
  sample:
    held: true
    run: 20260807T101500Z-3f9a
    holder: anna@ops1:4711
    renewed_seconds_ago: 7.4
    expired: false
run:
  description:
    - The open or last run; null if there was none. Its C(closed_at) is empty while it is open, and if it died.
  returned: success
  type: dict
  sample:
    run: 20260807T101500Z-3f9a
    verb: upgrade
    environment: prod
    target: 1.36.3
    who: anna@ops1
    opened_at: "2026-08-07T10:15:00Z"
    nodes: [cp1, cp2, cp3, worker-1]
    closed_at: ""
    result: ""
    remaining: []
history:
  description: Closed runs as RV(run), without their nodes, the latest first.
  returned: success
  type: list
  elements: dict
nodes:
  description: All nodes.
  returned: success
  type: list
  elements: dict
  contains:
    node:
      description: Its name.
      type: str
      sample: worker-1
    role:
      description: V(control_plane) or V(worker).
      type: str
      sample: worker
    version:
      description: Of its kubelet.
      type: str
      sample: 1.35.4
    ready:
      description: Null if the kubelet does not report.
      type: bool
    cordoned:
      description: Whether it is unschedulable.
      type: bool
    cordoned_by:
      description: The run whose cordon it is; empty for somebody else's.
      type: str
    claimed_by:
      description: The run that has it in hand.
      type: str
    journal:
      description: How far its step came; null outside a step.
      type: dict
      sample:
        run: 20260807T101500Z-3f9a
        at: "2026-08-07T10:21:43Z"
        target: 1.36.3
        step: drain
        state: running
        changed: false
        message: ""
    unreadable:
      description: What is wrong with a record on it that this version cannot read.
      type: str
block:
  description: The same as text. It is also displayed.
  returned: success
  type: str
"""
