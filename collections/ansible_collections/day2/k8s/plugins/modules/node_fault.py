#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_fault
short_description: Take a part of a node away for a failover drill, and give it back
description:
  - With O(state=begun) a part of the node is away when the task ends, as it would be after a failure. With
    O(state=ended) it is given back.
  - A systemd timer on the node, armed before anything is taken away, gives it back after O(undo_after) in any case,
    also when nobody comes back. A restart of the machine gives it back as well.
  - Fails with C(D2-DRILL-003) where the fault cannot be made; what was begun of it is taken back.
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
  scenario:
    description: The scenario of the drill, for the records.
    type: str
    default: ""
  state:
    description: Whether the part is taken away or given back.
    type: str
    choices: [begun, ended]
    default: begun
  fault:
    description:
      - V(static_pod) takes away the manifest of O(component), keeps it on the node's disk, and waits until no process
        of it is left.
      - V(apiserver_port) refuses connections to the node's API server that come from outside of the node.
      - V(network) drops all that enters or leaves the node, a few seconds after the task has ended. The connection of
        Ansible is no exception, so only the node's timer, or a restart, gives it back.
      - Required with O(state=begun).
    type: str
    choices: [static_pod, apiserver_port, network]
  component:
    description: The static pod; required with O(fault=static_pod).
    type: str
    choices: [kube-apiserver, kube-controller-manager, kube-scheduler, etcd]
  undo_after:
    description: Seconds after which the node gives it back by itself.
    type: int
    default: 90
attributes:
  check_mode:
    description: Looks whether it could be done and changes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.drill_target_info
  - module: day2.k8s.drill_hold
  - module: day2.k8s.host_undo
"""

EXAMPLES = r"""
- name: Stop the node's scheduler for at most a minute
  day2.k8s.node_fault:
    fault: static_pod
    component: kube-scheduler
    undo_after: 60

- name: Start it again
  day2.k8s.node_fault:
    state: ended
"""

RETURN = r"""
seconds:
  description: How long it took until the part was away.
  returned: O(state=begun)
  type: float
  sample: 1.6
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import Host, run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.options import (
    CONTROLLER_OPTIONS,
    NODE_FAULT_OPTIONS,
    NODE_FAULT_RULES,
)
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.fault import Request, begin, end


def main() -> None:
    module = AnsibleModule(
        argument_spec={**CONTROLLER_OPTIONS, **NODE_FAULT_OPTIONS}, supports_check_mode=True, **NODE_FAULT_RULES
    )
    params = module.params
    request = Request(params["fault"] or "", params["component"] or "", params["undo_after"])

    def behaviour(host: Host) -> dict[str, Any]:
        if params["state"] == "ended":
            return end(host, check_mode=module.check_mode)
        return begin(host, request, check_mode=module.check_mode)

    run_module(module, behaviour)


if __name__ == "__main__":
    main()
