#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeadm_images
short_description: Pull the images that another version of kubeadm wants
description:
  - Takes the kubeadm of that version out of its package, which M(day2.k8s.kubernetes_packages) has downloaded, and
    pulls with it the images of its control plane. The kubeadm that is installed stays as it is.
  - With all of them on the node it changes nothing.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.node_work
options:
  kubernetes_version:
    description: The version whose images are wanted, such as V(1.36.3).
    type: str
    required: true
  image_repository:
    description: Where they come from. By default from where this host's API server came.
    type: str
  timeout:
    description: Seconds after which the task fails; the work goes on on the node.
    type: int
    default: 1800
attributes:
  check_mode:
    description: Changes nothing.
    support: partial
    details: Says nothing of the images, since only the kubeadm that check mode does not download knows them.
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.kubernetes_packages
"""

EXAMPLES = r"""
- name: Pull the images of the target
  day2.k8s.kubeadm_images:
    kubernetes_version: 1.36.3
"""

RETURN = r"""
images:
  description: The images that are wanted, when this call has looked for them.
  returned: success
  type: list
  elements: str
  sample: [registry.k8s.io/kube-apiserver:v1.36.3]
image_repository:
  description: Where they come from.
  returned: success
  type: str
  sample: registry.k8s.io
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
  sample: /var/log/day2/kubeadm_images-cp1-20260901T100000Z-3f9a1c.log
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
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS, KUBEADM_IMAGES_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.images import Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work


def main() -> None:
    module = AnsibleModule(argument_spec={**CONTROLLER_OPTIONS, **KUBEADM_IMAGES_OPTIONS}, supports_check_mode=True)
    params = module.params
    request = Request(params["kubernetes_version"], params["image_repository"])
    work = Work(params["work_id"], params["wait_seconds"])
    run_module(module, lambda host: run(host, request, work, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
