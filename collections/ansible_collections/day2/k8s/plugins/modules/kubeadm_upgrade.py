#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeadm_upgrade
short_description: Upgrade a node with kubeadm
description:
  - Runs C(kubeadm upgrade apply) or C(kubeadm upgrade node), or nothing. Which of them is chosen by what is seen, that
    is the cluster's kubeadm-config, the host's static pod manifests and the kubelet that runs, so a rerun after a half
    upgrade does what is left.
  - The kubeadm package of the version has to be installed before. The packages of kubelet and kubectl come after it.
  - Fails with C(D2-KUBEADM-001), with the lines of kubeadm's output that matter and with what became of the manifests.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.node_work
options:
  kubernetes_version:
    description: The version to upgrade to, such as V(1.36.3).
    type: str
    required: true
  mode:
    description:
      - Run this command, whatever is seen. Leave it out to let it be chosen.
      - V(none) only waits for work that is going on on the node.
    type: str
    choices: [apply, node, none]
  certificate_renewal:
    description: Whether kubeadm renews the certificates of the control plane on this host.
    type: bool
    default: true
  ignore_preflight_errors:
    description: Preflight checks of kubeadm that only warn.
    type: list
    elements: str
    default: []
  unwanted_kubelet_flags:
    description:
      - Flags of the kubelet, without dashes, that are taken out of C(/var/lib/kubelet/kubeadm-flags.env) after kubeadm,
        because the kubelet of the version does not know them and an earlier kubeadm wrote them.
      - By default those that are known of the version. Each kubeadm removes only what its own minor has dropped, so
        that a node which jumps over a minor would keep them.
    type: list
    elements: str
  timeout:
    description: Seconds after which the task fails; kubeadm goes on on the node, and a later task waits for it.
    type: int
    default: 1800
attributes:
  check_mode:
    description: Says which command it would run. C(kubeadm upgrade plan) is never run, because it creates a Job.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.kubernetes_packages
  - module: day2.k8s.kubelet_restart
"""

EXAMPLES = r"""
- name: Upgrade the node
  day2.k8s.kubeadm_upgrade:
    kubernetes_version: 1.36.3
"""

RETURN = r"""
mode:
  description: V(apply), V(node), or V(none) when nothing was left to do.
  returned: success
  type: str
  sample: node
command:
  description: The command that was, or in check mode would be, run.
  returned: success
  type: list
  elements: str
  sample: [kubeadm, upgrade, node, --certificate-renewal=true]
static_pod_versions:
  description: Component to the tag of the image in its manifest, afterwards.
  returned: when not in check mode
  type: dict
  sample: {kube-apiserver: 1.36.3, etcd: 3.6.8-0}
kubelet_flags_removed:
  description: Which of O(unwanted_kubelet_flags) were there.
  returned: when not in check mode
  type: list
  elements: str
  sample: [pod-infra-container-image]
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
  sample: /var/log/day2/kubeadm_upgrade-cp1-20260901T100000Z-3f9a1c.log
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
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS, KUBEADM_UPGRADE_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.kubeadm import Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work


def main() -> None:
    module = AnsibleModule(argument_spec={**CONTROLLER_OPTIONS, **KUBEADM_UPGRADE_OPTIONS}, supports_check_mode=True)
    params = module.params
    request = Request(
        mode=params["mode"],
        version=params["kubernetes_version"],
        certificate_renewal=params["certificate_renewal"],
        ignore_preflight_errors=params["ignore_preflight_errors"],
        unwanted_kubelet_flags=params["unwanted_kubelet_flags"] or [],
    )
    work = Work(params["work_id"], params["wait_seconds"])
    run_module(module, lambda host: run(host, request, work, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
