# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_drain
short_description: Move all pods off Nodes, within their disruption budgets
description:
  - Evicts the pods of a Node through the eviction API and waits until they are gone. Cordons the Node first if it is
    not.
  - A PodDisruptionBudget is never bypassed. Where one is exhausted, the eviction is tried again until O(timeout) has
    passed; running out of time is a failure that names budgets and pods.
  - Nothing is touched unless every pod of the Node may be evicted. A pod without a controller, with C(emptyDir) data,
    of a DaemonSet that is gone, or covered by several budgets refuses the drain before anything is done.
  - Pods of DaemonSets and static pods stay; finished pods are removed. A pod that was already being deleted is waited
    for, and not evicted once more.
  - Pods leave in order. Those with persistent volume claims go when the others are gone, those of the priorities
    C(system-cluster-critical) and C(system-node-critical) when all of these are. O(rules) changes that.
  - A pod counts as gone when its uid is gone. The drain is over when nothing is left to evict some seconds after the
    cordon, so that a pod bound by a scheduler which had not seen the cordon is caught, and when the Node's volumes are
    detached.
  - If somebody lifts the cordon meanwhile, it is set again.
  - Pods that come back to the cordoned Node, because they tolerate the cordon or are bound to it by name, are evicted
    once more; after their second return the drain fails with C(D2-DRAIN-008), which can be accepted.
  - On a Node whose kubelet is not heard any more, pods get a second of grace, and neither pods whose grace period is
    over nor volumes are waited for. RV(warnings_found) says so (C(D2-DRAIN-009)).
  - Events on the Node tell when a drain started, which budget holds it up, and how it ended.
  - A failed drain leaves the Node cordoned. The evicted pods run elsewhere by then, and whether the Node takes pods
    again is for the caller to decide (M(day2.k8s.node_cordon)).
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  node:
    description: Name of the Node, which need not be that of the inventory's host.
    type: str
    required: false
  nodes:
    description:
      - Names of Nodes to drain together, for use outside a run. All of them are cordoned before the first pod is
        evicted, so that no pod moves from one to the other; they share pace and budgets.
      - One pod that may not be evicted refuses the drain of all of them. Once they are cordoned, the failure of one
        leaves the others to be drained.
      - Mutually exclusive with O(node) and O(run).
    type: list
    elements: str
  timeout:
    description:
      - Seconds for the whole drain, of all Nodes together. When they have passed and a pod is left, the task fails.
    type: int
    default: 1800
  volume_detach_timeout:
    description:
      - Seconds that the volumes of a Node may take to be detached once its pods are gone. They count beside O(timeout).
        When they have passed and a volume is left, the task fails and names it.
      - Volumes of pods that stay on the Node are not waited for.
      - Kubernetes itself forces a volume off after six minutes. V(0) waits for none.
    type: int
    default: 360
  evictions_per_second:
    description:
      - How many evictions are sent in one second at most, for all Nodes of this task together.
      - Tasks that drain at the same time divide what the API server is to be asked between them.
    type: float
    default: 20
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
  rules:
    description:
      - In which order pods leave, and which do not leave by eviction. The first rule that covers a pod counts for it.
      - Without rules the order is V(0), V(100) for pods with persistent volume claims, and V(200) for those of the
        priorities C(system-cluster-critical) and C(system-node-critical).
      - Static pods, and pods of DaemonSets where O(ignore_daemonsets) is set, stay whatever a rule says. A rule gives
        no permission that O(force) or O(delete_emptydir_data) does not give.
    type: list
    elements: dict
    default: []
    suboptions:
      namespaces:
        description:
          - Shell patterns for the namespaces in which the rule holds, such as V(team-*). Empty holds in all of them.
          - A rule needs this, O(rules[].pod_selector), or both.
        type: list
        elements: str
        default: []
      pod_selector:
        description: Label selector, in the notation of C(kubectl), of the pods that the rule covers. Empty covers all.
        type: str
        default: ""
      action:
        description:
          - V(evict) evicts the pod when it is its turn.
          - V(wait_completed) lets the pod finish by itself, such as that of a Job, and removes it then. The drain fails
            when it has not finished by O(timeout).
          - V(skip) leaves the pod on the Node.
        type: str
        choices: [evict, skip, wait_completed]
        default: evict
      order:
        description:
          - When it is the pod's turn. None is touched while a pod of a lower order is still on the Node.
          - Leave it out to keep the order that the pod has without rules.
        type: int
  accept:
    description:
      - Findings of the drain accepted by a person, so that the pod they name is evicted although neither O(force) nor
        O(delete_emptydir_data) is given. Each entry has C(code), C(subject), C(reason) and C(expires), the last day on
        which it holds, such as V(2027-01-31).
      - C(D2-DRAIN-002), C(D2-DRAIN-003) and C(D2-DRAIN-004) can be accepted; their subject is the pod,
        C(namespace/name). C(D2-DRAIN-008), whose subject is the workload, then leaves its pods on the Node.
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

- name: Let batch jobs finish, and move the search engine after everything that uses it
  day2.k8s.node_drain:
    kubeconfig: ~/.kube/prod
    node: worker-1
    rules:
      - namespaces: ["batch-*"]
        action: wait_completed
      - pod_selector: app=search
        order: 50

- name: Empty a rack, at once and without moving a pod twice
  day2.k8s.node_drain:
    kubeconfig: ~/.kube/prod
    nodes: [worker-1, worker-2, worker-3]

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
  returned: with O(node), when the Node could be read
  type: str
  sample: worker-1
ending:
  description: How the drain ended, V(drained), V(refused), V(failed) or V(timed out).
  returned: with O(node), when the Node could be read
  type: str
  sample: drained
seconds:
  description: How long the drain took.
  returned: when the Nodes could be read
  type: float
  sample: 41.3
nodes:
  description: The same for each of several Nodes, with RV(node), RV(ending), RV(seconds), RV(pods) and
    RV(warnings_found).
  returned: with O(nodes), when the Nodes could be read
  type: list
  elements: dict
pods:
  description: What became of each pod of the Node, by namespace and name.
  returned: with O(node), when the Node could be read
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
        - After a failure also V(terminating), V(blocked) by a budget, V(completing) as a rule lets it, or V(waiting)
          to be evicted.
        - In check mode V(would_evict), or V(would_wait) for a budget or until it has completed.
      type: str
    order:
      description: When it was its turn, see O(rules[].order).
      type: int
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
      order: 0
      attempts: 3
      seconds: 12.4
      reason: ""
warnings_found:
  description: What evicting cost, such as a pod of a DaemonSet that is gone (C(D2-DRAIN-004)), workloads whose pods
    tolerate the cordon (C(D2-DRAIN-008)), and a kubelet that is not heard (C(D2-DRAIN-009)).
  returned: when the Nodes could be read
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
