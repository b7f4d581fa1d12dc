# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: Read identity, versions, nodes and budgets of a cluster
description:
  - Reads what an upgrade has to know of a cluster at a glance. Needs nothing but the API and changes nothing.
  - RV(uid) is what an inventory names its cluster by (C(day2_cluster_uid)).
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.cluster_check_info
  - module: day2.k8s.upgrade_plan_info
"""

EXAMPLES = r"""
- name: Look at a cluster
  day2.k8s.cluster_info:
    kubeconfig: ~/.kube/prod
  register: cluster
  run_once: true

- name: Tell what to write into the inventory
  ansible.builtin.debug:
    msg: "day2_cluster_uid: {{ cluster.uid }}"
  run_once: true
"""

RETURN = r"""
server:
  description: URL through which the API was reached.
  returned: success
  type: str
  sample: https://api.example.com:6443
uid:
  description: The uid of the C(kube-system) namespace, which names the cluster for good.
  returned: success
  type: str
  sample: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
api_version:
  description: Version of the API server that answered. During an upgrade of several control planes others may differ.
  returned: success
  type: str
  sample: 1.35.4
kubeadm_version:
  description: The version that kubeadm last brought the cluster to, of the ConfigMap C(kubeadm-config).
  returned: success
  type: str
  sample: 1.35.4
control_plane_endpoint:
  description: C(controlPlaneEndpoint) of kubeadm's configuration. Empty on a cluster with a single control plane
    without one.
  returned: success
  type: str
  sample: api.example.com:6443
external_etcd:
  description: Whether etcd runs outside of kubeadm's care.
  returned: success
  type: bool
  sample: false
nodes:
  description: The Nodes, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the Node.
      type: str
    role:
      description: V(control_plane) or V(worker).
      type: str
    kubelet_version:
      description: Version of its kubelet.
      type: str
    ready:
      description: Whether it is Ready; null where its kubelet has not reported for a while.
      type: bool
    unschedulable:
      description: Whether it is cordoned.
      type: bool
    cordoned_by:
      description: V(day2), V(foreign) (somebody else) or V(none).
      type: str
    cordoned_in_run:
      description: The run in which this collection cordoned it; empty otherwise.
      type: str
    zone:
      description: Its zone, of the label C(topology.kubernetes.io/zone); empty without one.
      type: str
  sample:
    - name: worker-1
      role: worker
      kubelet_version: 1.35.4
      ready: true
      unschedulable: false
      cordoned_by: none
      cordoned_in_run: ""
      zone: a
budgets:
  description: The PodDisruptionBudgets in short.
  returned: success
  type: dict
  contains:
    total:
      description: How many there are.
      type: int
    blocking:
      description: Those that allow no disruption at the moment, by namespace and name.
      type: list
      elements: dict
      contains:
        namespace:
          description: Namespace of the budget.
          type: str
        name:
          description: Name of the budget.
          type: str
        desired_healthy:
          description: How many healthy pods it asks for.
          type: int
        current_healthy:
          description: How many are healthy.
          type: int
        expected_pods:
          description: How many pods it covers when all are there.
          type: int
        never_frees:
          description: Whether it allows no disruption even now that all of its pods are healthy, so that waiting is
            of no use.
          type: bool
  sample:
    total: 12
    blocking:
      - namespace: shop
        name: web
        desired_healthy: 5
        current_healthy: 5
        expected_pods: 5
        never_frees: true
"""
