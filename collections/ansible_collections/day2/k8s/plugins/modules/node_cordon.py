# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_cordon
short_description: Cordon a Node, and uncordon it only if the cordon is ours
description:
  - Makes a Node unschedulable and writes on it, in the same request, that this collection did so; or takes both back.
  - A cordon that somebody else set is never taken over and never lifted. It stays, and RV(owner) and
    RV(warnings_found) say so.
  - What counts is who cordoned the Node, not in which run. A cordon that an aborted run left behind is lifted like
    any other of ours.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  state:
    description:
      - V(cordoned) makes the Node unschedulable, unless it is.
      - V(uncordoned) makes it schedulable, if it was made unschedulable by this collection.
    type: str
    choices: [cordoned, uncordoned]
    default: cordoned
attributes:
  check_mode:
    description: Reads the Node and says what would be changed.
    support: full
  diff_mode:
    description: Shows whether the Node is unschedulable, and the owner of that, before and after.
    support: full
seealso:
  - module: day2.k8s.node_drain
"""

EXAMPLES = r"""
- name: Keep new pods off a node
  day2.k8s.node_cordon:
    kubeconfig: ~/.kube/prod
    node: worker-1
    state: cordoned

- name: Let it have pods again, unless somebody else had cordoned it
  day2.k8s.node_cordon:
    kubeconfig: ~/.kube/prod
    node: worker-1
    state: uncordoned
  register: uncordon

- name: Say whose the cordon is that was left in place
  ansible.builtin.debug:
    msg: worker-1 was cordoned by somebody else and stays so
  when: uncordon.owner == 'foreign'
"""

RETURN = r"""
node:
  description: Name of the Node.
  returned: success
  type: str
  sample: worker-1
unschedulable:
  description: Whether the Node is cordoned now, or in check mode would be.
  returned: success
  type: bool
  sample: true
owner:
  description: Whose the cordon is, V(day2) or V(foreign) (somebody else's); V(none) if the Node is not cordoned.
  returned: success
  type: str
  sample: day2
owner_run:
  description: The run that set the cordon; empty if it was set outside a run, or is not ours.
  returned: success
  type: str
  sample: 20260807T101500-prod-upgrade
owner_at:
  description: When the cordon was set (ISO 8601, UTC); empty if it is not ours.
  returned: success
  type: str
  sample: "2026-08-07T10:21:43Z"
warnings_found:
  description: C(D2-CORDON-001) where a cordon was left in place because it is somebody else's. Not a failure.
  returned: success
  type: list
  elements: dict
  sample:
    - code: D2-CORDON-001
      subject: Node/worker-1
      message: is cordoned, but not by day2.k8s; it stays cordoned
      why: whoever cordoned it has a reason that is not known here
      remedy: kubectl uncordon worker-1, when that reason is gone
      severity: warning
      acceptable: false
"""
