# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_verify
short_description: Wait until a node is back as wanted
description:
  - Looks, until it is so twice in a row and ten seconds apart, whether the Node is Ready, its kubelet is at the
    wanted version, its control-plane pods (if it has them) are Running, Ready and at that version, and the gates over
    the whole cluster pass.
  - Running out of time is a failure (C(D2-NODE-008)) that says what was missing.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.step
options:
  kubernetes_version:
    description: The wanted version, exact; by default that of the run.
    type: str
    default: ""
  timeout:
    description: Seconds within which it has to be so.
    type: int
    default: 600
attributes:
  check_mode:
    description: Looks once and says what is missing; nothing was changed that could be waited for.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.host_verify
"""

EXAMPLES = r"""
- name: Wait until the node is back
  day2.k8s.node_verify:
    node: worker-1
    kubernetes_version: 1.36.3
    timeout: 300
"""

RETURN = r"""
passed:
  description: Whether nothing is missing.
  returned: always
  type: bool
pending:
  description: What is missing, in words.
  returned: always
  type: list
  elements: str
  sample: ["worker-1: kubelet runs 1.35.4; 1.36.3 is wanted"]
leader_transitions:
  description:
    - For a control-plane node, how often the leader of C(kube-controller-manager) and of C(kube-scheduler) changed
      meanwhile. A Lease that is not renewed from one look to the next is pending.
  returned: always
  type: dict
  sample: {kube-controller-manager: 1, kube-scheduler: 0}
waited_seconds:
  description: How long it took.
  returned: always
  type: float
  sample: 17.3
"""
