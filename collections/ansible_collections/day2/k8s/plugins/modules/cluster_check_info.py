# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_check_info
short_description: Check whether an upgrade of a cluster may begin
description:
  - Evaluates every gate and compares hosts with Nodes. With O(kubernetes_version) also what would refuse the upgrade
    to that version; without it, only how the cluster is.
  - Reads the cluster through the API, and the hosts through the variables that the provider role registered on them.
    Changes nothing, neither there nor here.
  - Gates that do not pass are an answer, not a failed task; see RV(result). Only what cannot be checked at all fails,
    such as another cluster than the one named.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.assessment
options:
  kubernetes_version:
    description: The version to which an upgrade is considered, exact, such as V(1.36.3). Empty if none is.
    type: str
    required: false
    default: ""
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.upgrade_plan_info
"""

EXAMPLES = r"""
- name: Check the cluster
  day2.k8s.cluster_check_info:
    environment: prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
  register: check
  run_once: true

- name: End as failed when a gate does not pass
  ansible.builtin.assert:
    that: check.result == 'passed'
    fail_msg: "{{ check.block }}"
  run_once: true
"""

RETURN = r"""
result:
  description: V(passed) if every gate passes and no finding blocks, V(refused) otherwise.
  returned: success
  type: str
  sample: passed
block:
  description: The verdicts and findings as text; the verdict of all is its last line. It is also displayed.
  returned: success
  type: str
findings:
  description: What was found, on which object, what it leads to and what to do. Severity V(blocking) refuses.
  returned: always
  type: list
  elements: dict
  sample:
    - code: D2-ETCD-003
      subject: cp1
      message: etcd member is not healthy (linearizable read timed out, asked from cp2)
      why: taking another one leaves 1 of 3 voters; quorum needs 2
      remedy: look at etcd on cp1, then run the same command again
      severity: blocking
      acceptable: false
accepted:
  description: Findings that block nothing because a person accepted them, each with its acceptance.
  returned: success
  type: list
  elements: dict
gates:
  description: The verdict of each gate and the findings that it rests on. V(unknown) is not a pass.
  returned: success
  type: list
  elements: dict
  sample:
    - gate: etcd members
      outcome: pass
      findings: []
"""
