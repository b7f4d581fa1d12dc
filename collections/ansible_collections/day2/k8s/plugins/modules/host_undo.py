#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_undo
short_description: Undo now what a host's timers would undo later
description:
  - Runs every undo that is armed on the host, and disarms it. Such an undo was left by a run that died while it kept
    clients off an API server, or by a drill; see M(day2.k8s.apiserver_isolation).
  - Fails with C(D2-UNDO-001) when one does not succeed. Its timer stays armed.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
options: {}
attributes:
  check_mode:
    description: Says what would be undone.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.run_recover
"""

EXAMPLES = r"""
- name: Undo now what a dead run left on the host
  day2.k8s.host_undo:
"""

RETURN = r"""
undone:
  description: What was undone, or would be.
  returned: success
  type: list
  elements: str
  sample: [apiserver-isolation]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.undo import undo_all


def main() -> None:
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    run_module(module, lambda host: undo_all(host, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
