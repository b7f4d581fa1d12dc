#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_verify
short_description: Wait until a host is what a Kubernetes version wants it to be
description:
  - Looks at the host itself until the kubelet that runs, the packages and the control plane's static pod manifests are
    at the version, and until every member of a local etcd is healthy and no alarm is raised. Changes nothing.
  - Fails (C(D2-VERSION-004)) with everything that still differs when time is up.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
options:
  kubernetes_version:
    description: The version that has to run, such as V(1.36.3).
    type: str
    required: true
  timeout:
    description: Seconds to wait for it.
    type: int
    default: 120
attributes:
  check_mode:
    description: Changes nothing. In check mode it does not wait and does not fail, since nothing was changed before it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.host_info
"""

EXAMPLES = r"""
- name: Check the machine itself
  day2.k8s.host_verify:
    kubernetes_version: 1.36.3
"""

RETURN = r"""
differences:
  description: What is not as it has to be; in check mode and on failure.
  returned: always
  type: list
  elements: str
  sample: [kubelet runs as 1.35.4]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.verification import verify


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubernetes_version": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )
    timeout_seconds = 0 if module.check_mode else module.params["timeout"]
    run_module(
        module,
        lambda host: verify(
            host, module.params["kubernetes_version"], timeout_seconds=timeout_seconds, strict=not module.check_mode
        ),
    )


if __name__ == "__main__":
    main()
