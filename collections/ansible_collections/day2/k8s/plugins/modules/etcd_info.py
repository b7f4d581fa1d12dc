#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_info
short_description: Look at a stacked etcd, member by member
description:
  - Lists the members of the etcd that this control-plane host is part of, and asks each of them at its own endpoint for
    a linearizable read, side by side, three tries of five seconds each. Changes nothing.
  - On a host without a local member it returns no members, and says so in RV(local).
  - Fails (C(D2-ETCD-007)) when the local member does not answer.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
options: {}
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
notes:
  - Uses the certificate that kubeadm made for health checks, C(/etc/kubernetes/pki/etcd/healthcheck-client.crt).
seealso:
  - module: day2.k8s.host_info
"""

EXAMPLES = r"""
- name: Look at etcd
  day2.k8s.etcd_info:
  register: etcd
"""

RETURN = r"""
local:
  description: Whether this host runs a member.
  returned: success
  type: bool
external:
  description: Whether this host runs an API server but no member, so that etcd is somebody else's to upgrade.
  returned: success
  type: bool
member_id:
  description: Id of the local member, hexadecimal; V(null) without one.
  returned: success
  type: str
  sample: 8e9e05c52164694d
members:
  description: All members, by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id, hexadecimal.
      type: str
    name:
      description: Its name; empty for one that was never started.
      type: str
    endpoint:
      description: Where its clients reach it.
      type: str
    started:
      description: Whether it has ever joined.
      type: bool
    learner:
      description: Whether it is a learner, which has no vote.
      type: bool
    healthy:
      description: Whether it answered the read.
      type: bool
    leader:
      description: Whether it is the leader, as the local member sees it.
      type: bool
    error:
      description: Why it is not healthy.
      type: str
    version:
      description: The version that it runs; empty when it does not say, as all that follows is 0 then.
      type: str
    db_size_bytes:
      description: Size of its database on the disk.
      type: int
    db_size_in_use_bytes:
      description: What of it would be left after a defragmentation.
      type: int
    quota_bytes:
      description: The size at which it takes no more writes; 0 where it does not tell (before etcd 3.6).
      type: int
    applied_index:
      description: The last entry of the log that it has applied.
      type: int
alarms:
  description: The alarms that are raised.
  returned: success
  type: list
  elements: str
  sample: [NOSPACE]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.observation import etcd_info


def main() -> None:
    run_module(AnsibleModule(argument_spec={}, supports_check_mode=True), etcd_info)


if __name__ == "__main__":
    main()
