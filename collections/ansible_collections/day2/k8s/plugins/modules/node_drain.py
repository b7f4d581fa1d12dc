# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_drain
short_description: Move all pods off a Node, within their disruption budgets
description:
  - Evicts the pods of a Node through the eviction API and waits until they are gone. Cordons the Node first if it is
    not.
  - A PodDisruptionBudget is never bypassed. Where one is exhausted, the eviction is tried again until O(timeout) has
    passed; running out of time is a failure that names budgets and pods.
  - Nothing is touched unless every pod of the Node may be evicted. A pod without a controller, with C(emptyDir) data,
    of a DaemonSet that is gone, or covered by several budgets refuses the drain before anything is done.
  - Pods of DaemonSets and static pods stay; finished pods are removed. A pod that was already being deleted is waited
    for.
  - A pod counts as gone when its uid is gone. The drain is over when nothing is left to evict some seconds after the
    cordon, so that a pod bound by a scheduler which had not seen the cordon is caught.
  - If somebody lifts the cordon meanwhile, it is set again.
  - A failed drain leaves the Node cordoned. The evicted pods run elsewhere by then, and whether the Node takes pods
    again is for the caller to decide (M(day2.k8s.node_cordon)).
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  timeout:
    description: Seconds for the whole drain. When they have passed and a pod is left, the task fails.
    type: int
    default: 1800
  grace_period:
    description:
      - Seconds that each pod gets to end, instead of its own C(terminationGracePeriodSeconds). V(0) ends it at once.
      - V(-1) leaves each pod its own.
    type: int
    default: -1
  force:
    description: Whether pods may be evicted that nothing starts again elsewhere, without a controller or with a
      DaemonSet that is gone.
    type: bool
    default: false
  delete_emptydir_data:
    description: Whether pods with C(emptyDir) volumes may be evicted. Their data is deleted.
    type: bool
    default: false
  ignore_daemonsets:
    description:
      - Whether pods of DaemonSets are left alone.
      - Otherwise they refuse the drain, since they would be back at once.
    type: bool
    default: true
  accept:
    description:
      - Findings of the drain accepted by a person, so that the pod they name is evicted although neither O(force) nor
        O(delete_emptydir_data) is given. Each entry has C(code), C(subject), C(reason) and C(expires), the last day on
        which it holds, such as V(2027-01-31).
      - C(D2-DRAIN-002), C(D2-DRAIN-003) and C(D2-DRAIN-004) can be accepted; their subject is the pod,
        C(namespace/name).
    type: list
    elements: dict
    default: []
  pod_selector:
    description:
      - Label selector in the notation of C(kubectl). Only pods that it matches are looked at, the others stay.
      - Empty selects all pods.
    type: str
    default: ""
attributes:
  check_mode:
    description:
      - Evicts nothing, not even as a server-side dry run. Says for each pod whether it could be evicted now or would
        have to wait, counting what each eviction uses up of a budget.
    support: full
  diff_mode:
    description: Shows the pods of the Node before and after.
    support: full
seealso:
  - module: day2.k8s.node_cordon
  - name: API-initiated eviction
    description: What the API server does when a pod is evicted.
    link: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

EXAMPLES = r"""
- name: Empty a node
  day2.k8s.node_drain:
    kubeconfig: ~/.kube/prod
    node: worker-1
    delete_emptydir_data: true
    timeout: 900

- name: See what would wait for which budget, without evicting anything
  day2.k8s.node_drain:
    kubeconfig: ~/.kube/prod
    node: worker-1
  check_mode: true
  register: drain

- name: Tell which pods would have to wait
  ansible.builtin.debug:
    msg: "{{ drain.pods | selectattr('action', '==', 'would_wait') | map(attribute='reason') | unique }}"
"""

RETURN = r"""
node:
  description: Name of the Node.
  returned: success
  type: str
  sample: worker-1
seconds:
  description: How long the drain took.
  returned: success
  type: float
  sample: 41.3
pods:
  description: What became of each pod of the Node, by namespace and name.
  returned: when the Node could be read
  type: list
  elements: dict
  contains:
    namespace:
      description: Namespace of the pod.
      type: str
    name:
      description: Name of the pod.
      type: str
    action:
      description:
        - V(evicted) and gone; V(gone) without our doing; V(ignored), it stays; V(refused), it may not be evicted.
        - After a failure also V(terminating), V(blocked) by a budget, V(waiting) to be evicted.
        - In check mode V(would_evict) now, or V(would_wait) for a budget.
      type: str
    attempts:
      description: How often its eviction was asked for.
      type: int
    seconds:
      description: From its discovery until it was gone, or until now.
      type: float
    reason:
      description: Why; for a blocked pod what the API server answered.
      type: str
  sample:
    - namespace: shop
      name: web-7c5ddbdf54-x2l9k
      action: evicted
      attempts: 3
      seconds: 12.4
      reason: ""
warnings_found:
  description: What evicting cost, such as a pod of a DaemonSet that is gone (C(D2-DRAIN-004)).
  returned: success
  type: list
  elements: dict
findings:
  description: Why the drain was refused or failed.
  returned: failure
  type: list
  elements: dict
  sample:
    - code: D2-DRAIN-001
      subject: PodDisruptionBudget/shop/web
      message: "allows no eviction of shop/web-1 on node worker-1 after 900 s: needs 5 healthy, has 5"
      why: "a drain never bypasses a disruption budget: it is the promise made to the workload's owners"
      remedy: scale the workload up or get its pods ready, or relax the budget; then run the same command again
      severity: blocking
      acceptable: false
"""
