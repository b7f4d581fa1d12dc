# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_close
short_description: Close a run and say what came of it
description:
  - Judges the run from the cluster as it is now. Which nodes of the plan are at the wanted version, Ready and back in
    service, and which are not.
  - Keeps the evidence in the run's directory (C(report.json), C(summary.txt), beside the events and samples that were
    written as the run went), leaves the run's record and the history on the cluster, ends the coordinator and frees
    the lock.
  - Leaves C(day2_result) for machines as M(ansible.builtin.set_stats) does.
  - Fails if nodes failed (C(D2-RUN-004)), if nodes were refused because the cluster is not well (C(D2-RUN-003)), or
    if a gate does not pass at the end; the lock is freed all the same.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  run:
    description: The open run as M(day2.k8s.run_open) returned it. An empty one fails with C(D2-RUN-001).
    type: dict
    required: true
attributes:
  check_mode:
    description: Says which nodes are not as wanted. Writes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.run_open
  - module: day2.k8s.run_info
"""

EXAMPLES = r"""
- name: Close the run
  day2.k8s.run_close:
    run: "{{ opening.run }}"
  register: closing
  run_once: true
"""

RETURN = r"""
result:
  description:
    - V(done) if all nodes of the plan are as wanted; V(paused) if some are not and the same command goes on with
      them; V(halted) if a person has to look first.
  returned: always
  type: str
  sample: done
run:
  description: Name of the run.
  returned: always
  type: str
  sample: 20260807T101500Z-3f9a
remaining:
  description: Nodes of the plan that are not as wanted.
  returned: always
  type: list
  elements: str
  sample: [worker-3]
nodes_failed:
  description: Nodes whose step failed.
  returned: always
  type: list
  elements: str
  sample: [worker-3]
report:
  description: Path of the report on the controller; empty in check mode.
  returned: always
  type: str
  sample: /var/lib/day2/prod/20260807T101500Z-3f9a/report.json
drill:
  description: Of a failover drill, what each scenario showed, in the order in which they were wanted.
  returned: when the run is a failover drill
  type: list
  elements: dict
  contains:
    scenario:
      description: The scenario.
      type: str
      sample: etcd_leader
    verdict:
      description: V(passed), V(failed) or V(not played).
      type: str
      sample: passed
    why:
      description: Why it did not pass.
      type: str
    nodes:
      description: The Nodes that it was played on.
      type: list
      elements: str
    began_at:
      description: When its fault began (ISO 8601, UTC).
      type: str
    seconds:
      description: How long it took from the fault until its nodes were healthy again.
      type: float
    requests:
      description: Requests to the address that clients use, on new and on reused connections.
      type: int
    failures:
      description: Those of them that failed.
      type: int
    gap_seconds:
      description: All gaps of new, or of reused connections together, whichever is more.
      type: float
    longest_gap_seconds:
      description: The longest of them.
      type: float
      sample: 1.0
    succession:
      description: Who followed the leader, as M(day2.k8s.drill_hold) returned it.
      type: dict
next:
  description: What to do next.
  returned: always
  type: str
  sample: nothing is left to do
block:
  description:
    - What people read at the end. Nodes with the times of their steps, overhead, availability of the API, what to
      do next.
  returned: always
  type: str
"""
