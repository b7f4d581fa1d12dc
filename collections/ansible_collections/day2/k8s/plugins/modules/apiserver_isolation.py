#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: apiserver_isolation
short_description: Move clients off a control-plane node's API server, and let them come back
description:
  - With O(state=isolated) nobody but the node itself uses its API server afterwards, so that its etcd and its API
    server can be restarted without a client noticing. New connections from the load balancer, from other nodes and from
    the node's own pods are answered by the API server of another control-plane node; those that exist are ended by
    letting the API server end gracefully, once. The kubelet of the node talks to the other API server meanwhile.
  - With O(state=rejoined) all of that is undone as soon as the node's API server is ready.
  - A systemd timer on the node undoes it after O(undo_after) in any case, also when nobody comes back. A restart of the
    machine undoes it as well.
  - Does nothing, and says why in RV(why), where no other API server is ready to stand in.
  - Fails with C(D2-ISOLATION-001) where connections cannot be redirected, C(D2-ISOLATION-002) where the node reaches
    no other API server, C(D2-ISOLATION-003) where something is not ready in time, and C(D2-ISOLATION-004) where the
    hook fails.
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
    description: Name of this host's Node. Required with O(run), and with O(state=isolated) unless O(peers) are given.
    type: str
  state:
    description: Whether clients are moved off or let back.
    type: str
    choices: [isolated, rejoined]
    default: isolated
  peers:
    description:
      - API servers of other nodes that may stand in, as C(host:port), the preferred one first. The first that is ready
        as seen from this node is taken.
      - Found on the cluster when it is not given.
    type: list
    elements: str
  redirect:
    description:
      - Whether new connections are redirected, with a table of our own in the node's packet filter (C(nft)).
    type: bool
    default: true
  hook:
    description:
      - Commands for this node that tell a load balancer, each as a list of words, for what a redirection does not reach
        (see the guide to isolation).
    type: dict
    default: {}
    suboptions:
      isolate:
        description: Takes this node out of the load balancer. Has to end with status 0 once that is done.
        type: list
        elements: str
        default: []
      rejoin:
        description: Puts it back. Also run by the timer, so it must not need anything but this node.
        type: list
        elements: str
        default: []
      timeout:
        description: Seconds that each may take.
        type: int
        default: 20
  undo_after:
    description:
      - Seconds after which the node undoes the isolation by itself. Each question after work that goes on on the node
        starts them anew.
    type: int
    default: 600
  ready_timeout:
    description:
      - Seconds within which the API server has to be ready again after it was ended, and before O(state=rejoined).
    type: int
    default: 180
attributes:
  check_mode:
    description: Looks whether it could be done and changes nothing.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.kubeadm_upgrade
"""

EXAMPLES = r"""
- name: Move clients to another API server
  day2.k8s.apiserver_isolation:
    node: cp1

- name: Let clients come back
  day2.k8s.apiserver_isolation:
    node: cp1
    state: rejoined

- name: Also drain the server in HAProxy's runtime API
  day2.k8s.apiserver_isolation:
    node: cp1
    hook:
      isolate: [/usr/local/sbin/lb-drain, cp1]
      rejoin: [/usr/local/sbin/lb-ready, cp1]
"""

RETURN = r"""
isolated:
  description: Whether clients are kept off this node's API server now.
  returned: success
  type: bool
why:
  description: Why nothing was done.
  returned: when it is not isolated though it was asked for
  type: str
peer:
  description: The API server that stands in.
  returned: when isolated
  type: str
  sample: 10.0.0.11:6443
kubelet_moved:
  description:
    - Whether the kubelet talks to RV(peer) meanwhile. V(false) where its unit is not laid out as kubeadm's.
    - V(null) where that was not looked at.
  returned: when isolated
  type: bool
killed:
  description: Whether some request outlived the grace that the API server was given to end.
  returned: when isolated by this task
  type: bool
seconds:
  description: How long it took.
  returned: changed
  type: float
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.options import (
    APISERVER_ISOLATION_OPTIONS,
    CONTROLLER_OPTIONS,
)
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.isolation import Request, isolate, rejoin


def main() -> None:
    module = AnsibleModule(
        argument_spec={**CONTROLLER_OPTIONS, **APISERVER_ISOLATION_OPTIONS}, supports_check_mode=True
    )
    params = module.params
    request = Request(
        peers=params["peers"] or (),
        redirect=params["redirect"],
        hook_isolate=params["hook"].get("isolate") or (),
        hook_rejoin=params["hook"].get("rejoin") or (),
        hook_timeout_seconds=params["hook"].get("timeout") or 20,
        undo_after_seconds=params["undo_after"],
        ready_timeout_seconds=params["ready_timeout"],
    )
    step = isolate if params["state"] == "isolated" else rejoin
    run_module(module, lambda host: step(host, request, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
