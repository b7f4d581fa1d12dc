# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_admit
short_description: Wait until a node may be taken in hand
description:
  - Asks the run's coordinator, which admits one node after the other from a live view of the cluster. Everything that
    is out counts, whoever took it, and every gate has to pass with this node in hand.
  - While it waits it displays why. When time runs out the node is deferred, which is no failure.
  - Once admitted the node is claimed, so that this run and any other counts it as out. M(day2.k8s.node_release) gives
    it back.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  run:
    description: The open run as M(day2.k8s.run_open) returned it. An empty one fails with C(D2-RUN-001).
    type: dict
  etcd:
    description:
      - What the host sees of etcd now, as M(day2.k8s.etcd_info) returned it. Needed for control-plane nodes only.
    type: dict
  timeout:
    description: Seconds after which a node that still waits is deferred.
    type: int
    default: 1800
attributes:
  check_mode:
    description: Admits every node without asking.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.node_release
"""

EXAMPLES = r"""
- name: Wait for the turn of this node
  day2.k8s.node_admit:
    run: "{{ opening.run }}"
    node: "{{ inventory_hostname }}"
  register: admission

- name: Leave the play when the node is not admitted
  ansible.builtin.meta: end_host
  when: not admission.admitted
"""

RETURN = r"""
admitted:
  description: Whether the node is in hand now.
  returned: success
  type: bool
answer:
  description:
    - V(admitted); V(deferred), to be asked again later; or V(refused), because the run stops by itself.
  returned: success
  type: str
  sample: admitted
why:
  description: Why it is not admitted.
  returned: success
  type: str
  sample: "waited 1800 s: 1 node out, at most 1 may be: worker-1 (cordoned by somebody else)"
"""
