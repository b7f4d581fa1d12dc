# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_target_info
short_description: Choose the nodes of a failover drill's scenario
description:
  - Looks at the cluster as it is now, who leads included, and says from which nodes the scenario takes what.
  - Where the cluster could not bear it, or it cannot be played, RV(hosts) is empty and RV(block) says why
    (C(D2-DRILL-002)). That is an answer, not a failed task.
  - Changes nothing.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  scenario:
    description:
      - V(apiserver) an API server; V(etcd_member) a member of etcd that does not lead; V(etcd_leader) the one that
        does; V(controller_manager_leader) and V(scheduler_leader) the one that holds the Lease;
        V(load_balancer_backend) an API server that refuses connections from outside; V(control_plane_node) the
        network of the node with etcd's leader; V(zone) that of all nodes of its zone.
    type: str
    choices:
      - apiserver
      - etcd_member
      - etcd_leader
      - controller_manager_leader
      - scheduler_leader
      - load_balancer_backend
      - control_plane_node
      - zone
    required: true
  hosts:
    description:
      - Inventory names of the cluster's hosts; those of the play when it is not given. Read are their variables
        C(day2_node_name) and C(day2_host), which the provider's entry point C(facts) registers.
    type: list
    elements: str
  hold_seconds:
    description: Seconds for which the fault is to last.
    type: int
    default: 30
attributes:
  check_mode:
    description: Does the same, because it changes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.node_fault
"""

EXAMPLES = r"""
- name: Choose the node with etcd's leader
  day2.k8s.drill_target_info:
    scenario: etcd_leader
  register: target
  run_once: true
"""

RETURN = r"""
hosts:
  description: Inventory names of the chosen nodes; empty where the scenario is left out.
  returned: success
  type: list
  elements: str
  sample: [cp2.example.com]
nodes:
  description: Their Nodes.
  returned: success
  type: list
  elements: str
  sample: [cp2]
fault:
  description: What M(day2.k8s.node_fault) is to do to each of them.
  returned: when there are nodes
  type: str
  sample: static_pod
component:
  description: The static pod, where RV(fault) is one.
  returned: when there are nodes
  type: str
  sample: etcd
undo_after:
  description: Seconds after which the node gives it back by itself.
  returned: when there are nodes
  type: int
  sample: 90
lease:
  description: The Lease in C(kube-system) that another leader has to take; empty where there is none.
  returned: when there are nodes
  type: str
  sample: kube-scheduler
holder:
  description: Who holds it now.
  returned: when there are nodes
  type: str
  sample: cp2_5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
term_seconds:
  description: The Lease's term.
  returned: when there are nodes
  type: int
  sample: 15
block:
  description: Why the scenario is left out, as people read it; it is also displayed.
  returned: success
  type: str
"""
