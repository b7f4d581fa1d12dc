# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade_plan_info
short_description: Plan the upgrade of a cluster
description:
  - Says which nodes would be upgraded, in which order, which of them together, what happens to each and how long it
    takes, which are left out and why, and what refuses the upgrade. It is what M(day2.k8s.run_open) decides by.
  - Forecasts the drain of every node, in the order of the plan, with budgets and with the room that pods find
    elsewhere. A drain that can certainly never end refuses the upgrade until its cause is resolved or accepted, or its
    node excluded; one that may not end is a warning.
  - Reads the cluster through the API, and the hosts through the variables that the provider role registered on them;
    or both from a snapshot. Changes nothing there.
  - A plan that is refused is an answer, not a failed task; see RV(result). Only what cannot be planned at all fails,
    such as another cluster than the one named.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.assessment
  - day2.k8s.planning
options:
  snapshot:
    description:
      - A directory that M(day2.k8s.cluster_snapshot) wrote. It is planned from, and neither the API nor a host is
        asked; the options of the connection and O(hosts) have no effect.
    type: path
  plan_file:
    description:
      - A file, on the controller, to which the plan is written, to be agreed on and handed to M(day2.k8s.run_open).
      - It is not written in check mode.
    type: path
attributes:
  check_mode:
    description: Changes nothing on the cluster, in check mode and out of it; in check mode no file is written either.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.cluster_check_info
  - module: day2.k8s.cluster_snapshot
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
    digest:
      description:
        - Of the intent, which covers versions, packages, nodes with their roles, pools and order, policy and
          acceptances. It stays the same while the cluster changes by itself, and while the plan is carried out.
      type: str
      sample: sha256:12c43f38245f2ed348446b1e2cf856f04f53f2b03158284c02e1e2e664fa090d
    policy:
      description: How many nodes may be out at once and may fail, and how drains are done.
      type: dict
    duration:
      description:
        - How long it takes, in seconds from C(low) to C(high); none where drains were not forecast. What may not end
          counts with its deadline.
      type: dict
      sample:
        low: 841.0
        high: 1922.0
    waves:
      description:
        - The nodes that can go together, in order, and why the next one is not among them. They are made greedily,
          along the order of the plan. A run does not wait for a whole wave before it admits the next node.
      type: list
      elements: dict
      sample:
        - nodes: [worker-2, worker-3]
          held_back: 2 nodes out, at most 2 may be
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
          pool: web
          canary: true
          resumed: false
          changes_machine: true
          wave: 4
          duration:
            low: 55.0
            high: 112.0
          drain:
            outcome: slow
            certain: false
            seconds:
              low: 5.0
              high: 92.0
            counts:
              leaves: 11
              slow: 1
              never: 0
              stays: 3
              unknown: 0
            without_room: 0
            pods:
              - namespace: shop
                name: web-1
                node: worker-1
                outcome: slow
                certain: false
                seconds:
                  low: 3.0
                  high: 92.0
                reason: waits for budget shop/web to allow it
                remedy: ""
                budget: shop/web
                successor: elsewhere
                successor_why: ""
                contact: team-shop
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
    api_outage:
      description: Seconds (C(low), C(high)) for which the API is expected to be away, and C(why); V(null) if it is not.
      type: dict
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
