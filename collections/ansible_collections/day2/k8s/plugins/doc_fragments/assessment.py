# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which cluster, which nodes and what is wanted of them."""

from __future__ import annotations


class ModuleDocFragment:
    """Described once for everything that looks at a cluster as an upgrade does."""

    DOCUMENTATION = r"""
options:
  environment:
    description: Name of the environment, for people who read the report.
    type: str
    default: ""
  cluster_uid:
    description:
      - The uid of the cluster's C(kube-system) namespace.
      - Any other cluster is refused (C(D2-CLUSTER-001)), before anything else is read from it.
    type: str
    required: true
  kubernetes_version:
    description: The wanted Kubernetes version, exact, such as V(1.36.3).
    type: str
    required: true
  hosts:
    description:
      - Inventory names of all hosts of the cluster. By default those of the play.
      - Their variables C(day2_node_name) (by default the inventory name) and C(day2_host) are read. The latter is what
        the provider role's entry point C(facts) registers; a host without it did not answer.
    type: list
    elements: str
  nodes:
    description:
      - Inventory names, or Node names, of the hosts to handle; empty means all.
      - The others stay part of the picture, for instance when nodes that are out are counted.
    type: list
    elements: str
    default: []
  excluded_nodes:
    description:
      - Label selector of Nodes that are not touched and need no host in the inventory.
      - Empty excludes none.
    type: str
    default: ""
  max_unavailable:
    description: How many nodes may be out at once, those counted that are already not Ready or cordoned.
    type: int
    default: 1
  failure_budget:
    description: How many nodes may fail before no further node is admitted.
    type: int
    default: 0
  accept:
    description:
      - Findings accepted by a person. Each entry has C(code), C(subject), C(reason) and C(expires), the last day on
        which it holds, such as V(2027-01-31).
      - Only codes that may be accepted are, see the catalogue of codes.
    type: list
    elements: dict
    default: []
"""
