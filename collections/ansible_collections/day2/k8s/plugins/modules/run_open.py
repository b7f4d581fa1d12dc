# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_open
short_description: Open a run on a cluster
description:
  - Compares what is wanted with the cluster and its hosts, plans, evaluates the gates, and then either opens the run,
    or refuses it naming every reason, or finds that there is nothing to do.
  - An open run holds the cluster's lock. A process beside C(ansible-playbook), the coordinator, renews it, samples
    the availability of the API once a second, and decides which node may be taken in hand. It ends with the run, or
    when C(ansible-playbook) is gone. In that case it leaves the lock to run out, because work may still be going on.
  - If the lock belongs to a run that is dead, it is taken over after a minute of silence; while that run is alive,
    the opening is refused (C(D2-LOCK-001)).
  - To be run once, with all hosts of the cluster in the play. What C(--limit) leaves out is refused (C(D2-RUN-005)).
  - A refusal is an answer, not a failed task; see RV(result).
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.assessment
  - day2.k8s.planning
options:
  verb:
    description: What is run; kept in the records.
    type: str
    default: upgrade
  artifacts:
    description: Directory, on the controller, in which each run gets a directory of its own.
    type: path
    default: ./artifacts
  plan_file:
    description:
      - A plan that was agreed on, as M(day2.k8s.upgrade_plan_info) wrote it. The run is held to its intent; another one
        is refused (C(D2-PLAN-001)).
      - What else changed since it was made is told as RV(drift).
    type: path
  drill:
    description:
      - What is wanted of a failover drill; required with O(verb=failover_drill), where it stands in place of a plan.
        Nothing is upgraded then, whatever O(kubernetes_version) says.
      - Refused without consent (C(D2-DRILL-001)), and where the cluster could not bear a scenario (C(D2-DRILL-002)).
    type: dict
    suboptions:
      scenarios:
        description: What is taken away, one after the other; see M(day2.k8s.drill_target_info).
        type: list
        elements: str
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
      hold_seconds:
        description: Seconds for which each of them stays away.
        type: int
        default: 30
      objective_seconds:
        description: Seconds that the longest gap for clients of the API may last.
        type: float
        default: 10.0
      consent:
        description: Who consents, for which environment, as C(prod:J. Doe).
        type: str
        default: ""
      approver:
        description: A second person who approves.
        type: str
        default: ""
      rank:
        description: Rank of the environment. V(1) is the highest; V(0), not known, counts as the highest.
        type: int
        default: 0
attributes:
  check_mode:
    description: Plans and evaluates all gates. Takes no lock, starts no coordinator and writes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare; RV(plan) is what a run would change.
    support: none
seealso:
  - module: day2.k8s.upgrade_plan_info
  - module: day2.k8s.run_close
  - module: day2.k8s.run_recover
"""

EXAMPLES = r"""
- name: Open the run
  day2.k8s.run_open:
    environment: prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    kubernetes_version: 1.36.3
    hosts: "{{ groups['k8s_cluster'] }}"
    artifacts: /var/lib/day2
  register: opening
  run_once: true

- name: Stop here when the run is refused
  ansible.builtin.assert:
    that: opening.result != 'refused'
    fail_msg: "{{ opening.block }}"
  run_once: true
"""

RETURN = r"""
result:
  description:
    - V(opened), also in check mode; V(refused), see RV(findings); or V(done) if nothing is to be done, in which case
      no lock is taken.
  returned: success
  type: str
  sample: opened
run:
  description: The open run, as the other modules take it; empty unless RV(result=opened).
  returned: success
  type: dict
  contains:
    id:
      description: Its name, unique, sorts by time.
      type: str
      sample: 20260807T101500Z-3f9a
    verb:
      description: What is run.
      type: str
      sample: upgrade
    environment:
      description: The environment.
      type: str
      sample: prod
    cluster_uid:
      description: The cluster.
      type: str
      sample: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    target:
      description: The wanted version.
      type: str
      sample: 1.36.3
    directory:
      description: Private directory of the coordinator, gone when it ends.
      type: str
      sample: /tmp/day2-k3x9w1
    socket:
      description: Where the coordinator listens.
      type: str
      sample: /tmp/day2-k3x9w1/coordinator.sock
    artifacts:
      description: Directory of the run's evidence.
      type: str
      sample: /var/lib/day2/prod/20260807T101500Z-3f9a
    opened_at:
      description: When (ISO 8601, UTC).
      type: str
      sample: "2026-08-07T10:15:00Z"
    check_mode:
      description: Whether it only exists for a check.
      type: bool
control_plane:
  description: Inventory names of the control-plane hosts of the plan, in its order.
  returned: success
  type: list
  elements: str
  sample: [cp2.example.com, cp3.example.com, cp1.example.com]
canary:
  description: Inventory name of the worker that is upgraded alone before the others; empty without workers.
  returned: success
  type: list
  elements: str
  sample: [worker-1.example.com]
workers:
  description: Inventory names of the other workers, in the order of the plan.
  returned: success
  type: list
  elements: str
  sample: [worker-2.example.com, worker-3.example.com]
unchanged:
  description:
    - Those of these hosts whose machine is as wanted already. Only what an earlier run left on their Nodes, a cordon or
      a record, is still to be cleared, for which nothing has to be drained.
  returned: success
  type: list
  elements: str
  sample: []
plan:
  description: The plan, as M(day2.k8s.upgrade_plan_info) returns it; empty if it could not be made.
  returned: success
  type: dict
drift:
  description: What changed since the plan of O(plan_file) was made.
  returned: with O(plan_file), when a plan could be made
  type: dict
  contains:
    material:
      description: What somebody who agreed to the plan might not have agreed to, such as a drain that may not end now.
      type: list
      elements: str
      sample: ["worker-3: the drain was forecast as leaves, is now never"]
    immaterial:
      description: What else changed, such as nodes that are done meanwhile.
      type: list
      elements: str
      sample: ["worker-1: done meanwhile"]
findings:
  description: What was found. Those of severity V(blocking) refuse the run.
  returned: success
  type: list
  elements: dict
  sample:
    - code: D2-NODE-005
      subject: cp3
      message: control-plane node is not Ready; all have to be Ready
      why: taking another one would leave the API and etcd without redundancy, or without quorum
      remedy: look at the kubelet on cp3 and bring the node back, then run the same command again
      severity: blocking
      acceptable: false
accepted:
  description: Findings that block nothing because a person accepted them.
  returned: when a plan could be made
  type: list
  elements: dict
gates:
  description: The verdict of each gate and the findings that it rests on.
  returned: when a plan could be made
  type: list
  elements: dict
block:
  description: The plan, or the refusal, as people read it. It is also displayed.
  returned: success
  type: str
"""
