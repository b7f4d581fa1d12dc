# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_halt
short_description: Let no further node be taken
description:
  - Sets a flag on the cluster (an annotation of the lock's Lease). An open run, wherever it runs, sees it within
    seconds and admits nobody any more; nodes in hand come to the end of their step. No new run is opened meanwhile
    (C(D2-RUN-006)).
  - The run waits for M(day2.k8s.run_continue) as long as a node may wait for its admission, then ends as C(halted).
  - A halt that is there already stays as it is.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  cluster_uid:
    description: The uid of the cluster's C(kube-system) namespace. Another cluster is refused (C(D2-CLUSTER-001)).
    type: str
    required: true
  reason:
    description: Why, for whoever meets the halt.
    type: str
    default: ""
attributes:
  check_mode:
    description: Says what would be done and writes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.run_continue
"""

EXAMPLES = r"""
- name: Let no further node be taken
  day2.k8s.run_halt:
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    reason: orders are slow, INC-4711
  run_once: true
"""

RETURN = r"""
halt:
  description: The halt that holds now, in words.
  returned: success
  type: str
  sample: "halted by anna@ops1 at 2026-08-07T10:15:00Z: orders are slow, INC-4711"
run:
  description: The run that is halted by it; empty if none is open.
  returned: success
  type: str
  sample: 20260807T101500Z-3f9a
"""
