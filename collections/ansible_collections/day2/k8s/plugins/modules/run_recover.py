# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_recover
short_description: Put a cluster back in order after a run that died
description:
  - Uncordons nodes that this collection cordoned, removes its records from them, frees a dead run's lock and closes
    its record.
  - Takes the lock itself first. It waits until a dead run's lock has not moved for its whole term, and refuses while
    that run is alive (C(D2-LOCK-001)).
  - A node whose machine was changed is given back only if it is Ready and all of it is at one version. Otherwise it
    is left as it is, with its journal, and named for a person to decide.
  - Cordons of others are never lifted. Work that still runs on a node, such as kubeadm, is not touched.
  - Nobody has to recover before the same command is run again. That goes on by itself; this is for giving up.
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
    description: The uid of the cluster's C(kube-system) namespace. Another cluster is refused (C(D2-CLUSTER-001)).
    type: str
    required: true
attributes:
  check_mode:
    description: Says what would be done. Takes no lock and writes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare; RV(nodes) is what is done.
    support: none
seealso:
  - module: day2.k8s.run_info
"""

EXAMPLES = r"""
- name: Undo what a dead run left behind
  day2.k8s.run_recover:
    environment: prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
  run_once: true
"""

RETURN = r"""
lock_freed:
  description: The dead run whose lock was freed; empty if there was none.
  returned: success
  type: str
  sample: 20260807T101500Z-3f9a
run_closed:
  description: The run whose record was closed as C(recovered); empty if there was none.
  returned: success
  type: str
  sample: 20260807T101500Z-3f9a
nodes:
  description: Nodes that carry, or carried, records of a run.
  returned: success
  type: list
  elements: dict
  contains:
    node:
      description: Its name.
      type: str
      sample: worker-2
    uncordoned:
      description: Whether our cordon was lifted.
      type: bool
    records_removed:
      description: Whether records of ours were removed.
      type: bool
    why:
      description: What was done, and why that is safe; or why it was left as it is.
      type: str
      sample: "uncordoned, records removed: nothing had been changed on the machine"
    decision:
      description: What is left to a person; empty if nothing is.
      type: str
block:
  description: The same as text. It is also displayed.
  returned: success
  type: str
"""
