# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say how nodes are to be taken: which of them together, and what drains may do."""

from __future__ import annotations


class ModuleDocFragment:
    """Described once for everything that plans as an upgrade does."""

    DOCUMENTATION = r"""
options:
  pools:
    description:
      - Pools of nodes of which fewer may be out at once than O(max_unavailable) allows.
      - A node is of the first pool whose selector matches its labels. Nodes of no pool have no limit of their own.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What people call the pool.
        type: str
        required: true
      selector:
        description: Label selector of its Nodes, in the notation of C(kubectl).
        type: str
        required: true
      max_unavailable:
        description: How many nodes of the pool may be out at once.
        type: int
        default: 1
  one_zone_at_a_time:
    description:
      - Whether nodes of two zones must not be out at the same time. Workers then go zone by zone.
      - The zone is the Node's label C(topology.kubernetes.io/zone); a Node without it is in nobody's way.
    type: bool
    default: false
  drain:
    description:
      - What drains may do, and how long they may take. Drains are forecast by it.
      - The options are those of M(day2.k8s.node_drain).
    type: dict
    suboptions:
      timeout:
        description: As O(day2.k8s.node_drain#module:timeout).
        type: int
        default: 1800
      volume_detach_timeout:
        description: As O(day2.k8s.node_drain#module:volume_detach_timeout).
        type: int
        default: 360
      grace_period:
        description: As O(day2.k8s.node_drain#module:grace_period).
        type: int
        default: -1
      force:
        description: As O(day2.k8s.node_drain#module:force).
        type: bool
        default: false
      delete_emptydir_data:
        description: As O(day2.k8s.node_drain#module:delete_emptydir_data).
        type: bool
        default: false
      rules:
        description: As O(day2.k8s.node_drain#module:rules).
        type: list
        elements: dict
        default: []
        suboptions:
          namespaces:
            description: As O(day2.k8s.node_drain#module:rules[].namespaces).
            type: list
            elements: str
            default: []
          pod_selector:
            description: As O(day2.k8s.node_drain#module:rules[].pod_selector).
            type: str
            default: ""
          action:
            description: As O(day2.k8s.node_drain#module:rules[].action).
            type: str
            choices: [evict, skip, wait_completed]
            default: evict
          order:
            description: As O(day2.k8s.node_drain#module:rules[].order).
            type: int
  owner_key:
    description:
      - Annotation or label by which the cluster's people say whom to call about a workload, such as
        V(example.com/owner). It is looked for on the budget, the controller and the namespace.
      - What stands in the way of a drain is then told with it.
    type: str
    default: ""
"""
