#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_packages
short_description: Bring packages to exact versions and hold them there
description:
  - Installs packages with apt at exact versions, however they are held, and holds them afterwards.
  - What satisfies the wanted versions already stays as it is, and then no list is read anew.
  - Lists are read anew of those sources that are known to have these packages; of all others only when the wanted
    versions, or what they depend on, are not found there.
  - Never removes a package, and keeps configuration files that were changed on the node.
  - Fails with C(D2-PACKAGE-001) naming the versions there are, or with C(D2-PACKAGE-002) and apt's own words.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
  - day2.k8s.node_work
options:
  packages:
    description:
      - Package names to wanted versions, either of a package (V(1.36.3-1.1)) or of the software in it (V(1.36.3)).
        The latter takes the newest revision there is.
    type: dict
    required: true
  packages_if_installed:
    description: Like O(packages), for packages that are wanted only where they are installed already.
    type: dict
    default: {}
  hold:
    description: Whether the packages are held afterwards. With V(false) holds stay as they were.
    type: bool
    default: true
  download_only:
    description: Only download what installing them would need, so that it is quick later.
    type: bool
    default: false
  lock_timeout:
    description: Seconds to wait for another apt or dpkg that is at work.
    type: int
    default: 300
  timeout:
    description: Seconds after which the task fails; the work goes on on the node.
    type: int
    default: 900
attributes:
  check_mode:
    description: Reads apt's lists anew in a temporary directory, so it predicts exactly and writes nothing elsewhere.
    support: full
  diff_mode:
    description: Shows versions and holds.
    support: full
seealso:
  - module: day2.k8s.kubeadm_upgrade
  - module: day2.k8s.kubelet_restart
"""

EXAMPLES = r"""
- name: Download the packages
  day2.k8s.kubernetes_packages:
    packages:
      kubeadm: 1.36.3
      kubelet: 1.36.3
    packages_if_installed:
      kubectl: 1.36.3
    download_only: true

- name: Install kubeadm
  day2.k8s.kubernetes_packages:
    packages:
      kubeadm: 1.36.3
"""

RETURN = r"""
versions:
  description: Package to installed version afterwards; in check mode as it would be.
  returned: success
  type: dict
  sample: {kubeadm: 1.36.3-1.1}
changes:
  description: What apt would do, dependencies included, with C(name), C(old) and C(new).
  returned: in check mode
  type: list
  elements: dict
downloads:
  description: The archives that would be downloaded.
  returned: in check mode
  type: list
  elements: str
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
  sample: /var/log/day2/kubernetes_packages-w1-20260901T100000Z-3f9a1c.log
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
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS, PACKAGES_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.packages import Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work


def main() -> None:
    module = AnsibleModule(argument_spec={**CONTROLLER_OPTIONS, **PACKAGES_OPTIONS}, supports_check_mode=True)
    params = module.params
    request = Request(
        packages=params["packages"],
        companions=params["packages_if_installed"],
        hold=params["hold"],
        download_only=params["download_only"],
        lock_timeout_seconds=params["lock_timeout"],
    )
    work = Work(params["work_id"], params["wait_seconds"])
    run_module(module, lambda host: run(host, request, work, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
