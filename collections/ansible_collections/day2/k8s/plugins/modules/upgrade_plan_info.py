# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_plan_info
short_description: Plan the upgrade of a cluster
description:
  - Says which nodes would be upgraded, in which order, what happens to each, which are left out and why, and what
    refuses the upgrade. It is what M(day2.k8s.run_open) decides by.
  - Reads the cluster through the API, and the hosts through the variables that the provider role registered on them.
    Changes nothing, neither there nor here.
  - A plan that is refused is an answer, not a failed task; see RV(result). Only what cannot be planned at all fails,
    such as another cluster than the one named.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.assessment
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.cluster_check_info
  - module: day2.k8s.run_open
"""

EXAMPLES = r"""
- name: Plan the upgrade
  day2.k8s.upgrade_plan_info:
    environment: prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    kubernetes_version: 1.36.3
    excluded_nodes: node.example.com/pool=lab
  register: plan
  run_once: true

- name: Show the plan as people read it
  ansible.builtin.debug:
    msg: "{{ plan.block }}"
  run_once: true
"""

RETURN = r"""
result:
  description:
    - V(ready) if the plan can be carried out, V(refused) if findings block it, V(done) if nothing is left to do.
  returned: success
  type: str
  sample: ready
block:
  description: The plan as text; the verdict is its last line. It is also displayed.
  returned: success
  type: str
plan:
  description: The plan.
  returned: success
  type: dict
  contains:
    target:
      description: The wanted version.
      type: str
      sample: 1.36.3
    hops:
      description: The steps of the control plane; empty if it is at the target.
      type: list
      elements: dict
      sample:
        - from_version: 1.35.4
          to_version: 1.36.3
    steps:
      description: What happens to each node, in order.
      type: list
      elements: dict
      sample:
        - node: worker-1
          host: worker-1.example.com
          role: worker
          from_version: 1.35.4
          to_version: 1.36.3
          actions: [cordon, drain, kubeadm upgrade node, kubelet 1.36.3-1.1, verify, uncordon]
          zone: zone-a
          canary: true
          resumed: false
          changes_machine: true
    finished:
      description: Names of the Nodes with nothing left to do.
      type: list
      elements: str
    left_out:
      description: Nodes that are not at the target and are not handled.
      type: list
      elements: dict
      sample:
        - node: worker-9
          host: worker-9.example.com
          version: 1.35.4
          reason: not Ready
    notes:
      description: What the upgrade costs even if all goes well.
      type: list
      elements: str
findings:
  description: What was found, on which object, what it leads to and what to do. Severity V(blocking) refuses.
  returned: always
  type: list
  elements: dict
  sample:
    - code: D2-NODE-004
      subject: worker-2.example.com
      message: "host unreachable: it gave no answer over the connection of the inventory"
      why: it would be drained and then could not be changed
      remedy: repair the connection, then run the same command again
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
