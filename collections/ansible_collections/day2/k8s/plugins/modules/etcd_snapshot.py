#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_snapshot
short_description: Keep a snapshot of a stacked etcd, with all that a restore needs
description:
  - Takes a snapshot from the leader, verifies it by the digest that etcd puts at its end, and bundles it with the PKI,
    the static pod manifests, the files that the API server is given (encryption, audit, admission), kubeadm's and the
    kubelet's configuration and the versions of packages.
  - The bundle is brought to O(directory) on the controller, verified there, and removed from the host.
  - It holds every secret of the cluster. Without O(recipient) it is only protected by the mode of its file.
  - Fails with C(D2-ETCD-013), and then nothing of it is left on the host.
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
  directory:
    description: Directory, on the controller, in which snapshots are kept. Required with O(state=taken).
    type: path
  recipient:
    description:
      - A certificate (X.509, PEM) that the bundle is encrypted to, with C(openssl cms). Who has its private key can
        read it, and nobody else, this product included.
    type: str
    default: ""
  keep:
    description: How many snapshots stay in O(directory), the newest ones. Other files there are left alone.
    type: int
    default: 10
  state:
    description: For the action plugin; what of the work this call is to do.
    type: str
    choices: [taken, read, discarded]
    default: taken
  bundle_name:
    description: For the action plugin; the file to read.
    type: str
  offset:
    description: For the action plugin; where to read on.
    type: int
    default: 0
attributes:
  check_mode:
    description: Takes none and says so.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.etcd_info
"""

EXAMPLES = r"""
- name: Keep a snapshot of etcd
  day2.k8s.etcd_snapshot:
    directory: /var/backups/etcd
    recipient: "{{ lookup('ansible.builtin.file', 'backup-recipient.pem') }}"
"""

RETURN = r"""
taken:
  description: Whether there is a new snapshot.
  returned: success
  type: bool
why:
  description: Why there is none.
  returned: when none was taken
  type: str
path:
  description: The bundle on the controller; its manifest lies beside it.
  returned: when one was taken
  type: str
  sample: /var/backups/etcd/20260807T101500Z-cp1.tar.gz.cms
manifest:
  description: When, from which member, revision, size, digest, cluster and versions.
  returned: when one was taken
  type: dict
encrypted:
  description: Whether it is encrypted to a recipient.
  returned: when one was taken
  type: bool
removed:
  description: Files of older snapshots that were removed.
  returned: when one was taken
  type: list
  elements: str
bundle_name:
  description: For the action plugin; the file on the host.
  returned: when one was taken
  type: str
bundle_bytes:
  description: Its size.
  returned: when one was taken
  type: int
bundle_sha256:
  description: Its digest.
  returned: when one was taken
  type: str
piece:
  description: For the action plugin; a part of the bundle, in base64.
  returned: with O(state=read)
  type: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import Host, run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS, ETCD_SNAPSHOT_OPTIONS
from ansible_collections.day2.k8s.plugins.module_utils._host.steps import etcd_snapshot


def main() -> None:
    module = AnsibleModule(
        argument_spec={**CONTROLLER_OPTIONS, **ETCD_SNAPSHOT_OPTIONS},
        required_if=[("state", "read", ["bundle_name"])],
        supports_check_mode=True,
    )
    params = module.params

    def behaviour(host: Host) -> dict[str, object]:
        if params["state"] == "read":
            return etcd_snapshot.read(host, params["bundle_name"], params["offset"])
        if params["state"] == "discarded":
            return etcd_snapshot.discard(host)
        return etcd_snapshot.take(host, params["recipient"], check_mode=module.check_mode)

    run_module(module, behaviour)


if __name__ == "__main__":
    main()
