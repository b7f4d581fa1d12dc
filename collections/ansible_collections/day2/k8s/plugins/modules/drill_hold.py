# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_hold
short_description: Wait while the fault of a failover drill lasts
description:
  - Waits O(seconds). With O(lease) it also sees when somebody else than O(holder) leads, and waits for that as long as
    the Lease's term and one more try of a follower take.
  - Changes nothing.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  run:
    description: The open run as M(day2.k8s.run_open) returned it; without it nothing is written into a journal.
    type: dict
  seconds:
    description: How long the fault lasts.
    type: int
    default: 30
  lease:
    description: A Lease in C(kube-system) that another leader has to take.
    type: str
    default: ""
  holder:
    description: Who held it before the fault.
    type: str
    default: ""
  term_seconds:
    description: The Lease's term.
    type: int
    default: 15
attributes:
  check_mode:
    description: Does not wait, because there is no fault.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.node_fault
"""

EXAMPLES = r"""
- name: Wait while the scheduler is away, and see who follows
  day2.k8s.drill_hold:
    node: cp2
    seconds: 30
    lease: kube-scheduler
    holder: cp2_5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
"""

RETURN = r"""
succession:
  description: Who followed the leader; null where nobody has to.
  returned: success
  type: dict
  contains:
    holder:
      description: Who leads now; empty if nobody does.
      type: str
      sample: cp3_0d2f7b1e-9f0b-4f63-8a54-0f6f0d3c5c52
    seconds:
      description: When that was seen, counted from the beginning of this task.
      type: float
      sample: 14.2
    allowed_seconds:
      description: What it may take, the Lease's term and one more try.
      type: float
      sample: 17.0
    in_time:
      description: Whether it took no longer.
      type: bool
"""
