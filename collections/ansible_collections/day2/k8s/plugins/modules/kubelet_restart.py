#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_restart
short_description: Restart the kubelet when it does not run with what is on the disk
description:
  - Restarts the kubelet when its binary, its unit or its configuration were changed after it had started, and waits
    until it says that it is well.
  - Fails with C(D2-KUBELET-001) when it does not come back, with the end of its journal.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.node_work
options:
  kubernetes_version:
    description:
      - The version that has to run afterwards, such as V(1.36.3). A kubelet that runs with another one is restarted.
    type: str
  timeout:
    description: Seconds within which it has to be well.
    type: int
    default: 300
attributes:
  check_mode:
    description: Says whether it would be restarted.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.kubernetes_packages
"""

EXAMPLES = r"""
- name: Restart the kubelet if it is not the one that is installed
  day2.k8s.kubelet_restart:
    kubernetes_version: 1.36.3
"""

RETURN = r"""
reasons:
  description: Why it was, or would be, restarted.
  returned: success
  type: list
  elements: str
  sample: [the running binary is no longer the installed one]
kubelet_version:
  description: The version that runs.
  returned: success
  type: str
  sample: 1.36.3
pending:
  description: Why the kubelet is not well yet; V(null) when it is.
  returned: when not in check mode
  type: str
seconds:
  description: How long the task took.
  returned: success
  type: float
work_seconds:
  description: How long the command itself took; V(null) when none was run.
  returned: when not in check mode
  type: int
log:
  description: Path of the command's output on the node; V(null) when none was run.
  returned: when not in check mode
  type: str
  sample: /var/log/day2/kubelet_restart-w1-20260901T100000Z-3f9a1c.log
log_tail:
  description: Its last lines.
  returned: when not in check mode
  type: list
  elements: str
finished:
  description: Whether nothing is left to do; the action plugin asks again until it is.
  returned: success
  type: bool
superseded:
  description: Whether other work was found on the node, and nothing was begun because of it.
  returned: when not in check mode
  type: bool
work:
  description: The work going on on the node, with C(active), C(id), C(command) and C(since).
  returned: when not in check mode
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS, KUBELET_RESTART_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.kubelet import run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work


def main() -> None:
    module = AnsibleModule(argument_spec={**CONTROLLER_OPTIONS, **KUBELET_RESTART_OPTIONS}, supports_check_mode=True)
    params = module.params
    work = Work(params["work_id"], params["wait_seconds"])
    run_module(module, lambda host: run(host, params["kubernetes_version"], work, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
