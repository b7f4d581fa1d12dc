#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_move_leader
short_description: Let another etcd member lead before this one is restarted
description:
  - When the etcd member of this control-plane host leads, it hands over to another one and waits until that one leads.
  - The successor is a healthy member with a vote. The one with the newest etcd is preferred, for it need not hand over
    again in the same upgrade, then the one that has applied most.
  - Does nothing where the local member does not lead, where it is the only one, and on a host without a member.
  - Fails with C(D2-ETCD-008) when no other member can take over, or does not within ten seconds.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
options:
  run:
    description:
      - The open run, as M(day2.k8s.run_open) returned it. The lock is checked before anything is done, and the step is
        written into the Node's journal.
      - Without it the task stands alone, with neither.
    type: dict
  node:
    description: Name of this host's Node. Required with O(run).
    type: str
attributes:
  check_mode:
    description: Says who would take over.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.etcd_info
"""

EXAMPLES = r"""
- name: Let another etcd member lead
  day2.k8s.etcd_move_leader:
"""

RETURN = r"""
leader:
  description: The member that leads now, or would; empty where that is not known.
  returned: success
  type: str
  sample: cp2
before:
  description: The member that led before.
  returned: success
  type: str
  sample: cp1
why:
  description: Why nothing was done; empty otherwise.
  returned: success
  type: str
  sample: the local member does not lead
seconds:
  description: How long it took until the other one led.
  returned: changed, not in check mode
  type: float
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.leader import run


def main() -> None:
    module = AnsibleModule(argument_spec=CONTROLLER_OPTIONS, supports_check_mode=True)
    run_module(module, lambda host: run(host, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
