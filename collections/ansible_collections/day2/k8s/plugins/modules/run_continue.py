# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_continue
short_description: Take a halt back
description:
  - Removes the flag that M(day2.k8s.run_halt) had set. A run that still waits goes on within seconds; one that has
    ended goes on with the same command as before.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  cluster_uid:
    description: The uid of the cluster's C(kube-system) namespace. Another cluster is refused (C(D2-CLUSTER-001)).
    type: str
    required: true
attributes:
  check_mode:
    description: Says what would be done and writes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.run_halt
"""

EXAMPLES = r"""
- name: Take the halt back
  day2.k8s.run_continue:
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
  run_once: true
"""

RETURN = r"""
halt:
  description: The halt that was taken back, in words; empty if there was none.
  returned: success
  type: str
  sample: "halted by anna@ops1 at 2026-08-07T10:15:00Z: orders are slow, INC-4711"
run:
  description: The run that goes on by itself; empty if none is open.
  returned: success
  type: str
  sample: 20260807T101500Z-3f9a
"""
