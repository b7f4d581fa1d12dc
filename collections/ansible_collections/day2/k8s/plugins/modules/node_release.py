# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_release
short_description: Give a node back at the end of its step
description:
  - With O(state=done) the node is no longer in hand, and nothing of the run stays on it.
  - With O(state=failed) it counts against the failure budget. If nothing had been changed on its machine it is left
    as it was, uncordoned if the cordon is ours. If something was, or may have been, it stays cordoned, and the
    journal on the Node says at which step and why.
  - A failed node never fails this task, so that the play goes on to its end; M(day2.k8s.run_close) reports it.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  run:
    description: The open run as M(day2.k8s.run_open) returned it. An empty one fails with C(D2-RUN-001).
    type: dict
  state:
    description: How the step of the node ended.
    type: str
    choices: [done, failed]
    required: true
  task:
    description: The task that failed, for people.
    type: str
    default: ""
  message:
    description: Why it failed.
    type: str
    default: ""
attributes:
  check_mode:
    description: Records nothing, because in check mode no node is in hand.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.node_admit
"""

EXAMPLES = r"""
- name: Give the node back
  day2.k8s.node_release:
    run: "{{ opening.run }}"
    node: "{{ inventory_hostname }}"
    state: done

- name: Set a failed node aside
  day2.k8s.node_release:
    run: "{{ opening.run }}"
    node: "{{ inventory_hostname }}"
    state: failed
    task: "{{ ansible_failed_task.name }}"
    message: "{{ ansible_failed_result.msg }}"
"""

RETURN = r"""
uncordoned:
  description: Whether a failed node was given back to service, because nothing had been changed on it.
  returned: success
  type: bool
text:
  description: How the node was left.
  returned: success
  type: str
  sample: "worker-1 failed: its machine was, or may have been, changed at kubeadm; it stays cordoned"
"""
