#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Node side of the action of the same name: documentation, options and wiring."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: Look at a host as an upgrade has to know it
description:
  - Gathers in one go what planning and gates want to know of a host, such as its identity, its packages and the
    versions that really run. Changes nothing.
  - What cannot be read is V(null) and does not make the task fail.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
options:
  etcd:
    description: Also look at the stacked etcd, on hosts that run a member of it.
    type: bool
    default: false
  kubernetes_version:
    description:
      - Also look whether the packages of this version could be installed, such as V(1.36.3).
      - apt's lists are read anew for that in a temporary directory; those of the system stay as they are.
    type: str
  tolerate_unreachable:
    description:
      - Return RV(reachable=false) and RV(error) for a host that does not answer, where the task would fail otherwise.
    type: bool
    default: false
attributes:
  check_mode:
    description: Changes nothing, in check mode and out of it.
    support: full
  diff_mode:
    description: Has nothing to compare.
    support: none
seealso:
  - module: day2.k8s.etcd_info
  - module: day2.k8s.host_verify
"""

EXAMPLES = r"""
- name: Look at the host
  day2.k8s.host_info:
    etcd: true
    kubernetes_version: 1.36.3
    tolerate_unreachable: true
  register: day2_host
"""

RETURN = r"""
reachable:
  description: Whether the host answered. If not, only RV(error) is there too.
  returned: always
  type: bool
error:
  description: Why the host could not be looked at.
  returned: with O(tolerate_unreachable=true), when the host does not answer
  type: str
machine_id:
  description: Of C(/etc/machine-id); the kubelet reports the same as C(nodeInfo.machineID).
  returned: when the host answered
  type: str
  sample: 4f1c6b3e0b3d4a0f9c8d7e6f5a4b3c2d
addresses:
  description: The host's own addresses, without those of loopback and of the link only.
  returned: when the host answered
  type: list
  elements: str
  sample: [10.0.0.11]
os:
  description: C(id), C(version_id) and C(pretty_name) of the distribution, C(kernel) and C(architecture).
  returned: when the host answered
  type: dict
disk_free_bytes:
  description: Directory to free bytes, of those directories that an upgrade writes to.
  returned: when the host answered
  type: dict
  sample: {/var/lib/containerd: 21474836480}
package_versions:
  description: Installed versions of kubeadm, kubectl and kubelet.
  returned: when the host answered
  type: dict
  sample: {kubeadm: 1.35.4-1.1, kubelet: 1.35.4-1.1}
held:
  description: Those of these packages that are held.
  returned: when the host answered
  type: list
  elements: str
  sample: [kubeadm, kubelet]
control_plane:
  description: Whether the host has a static pod manifest of the kube-apiserver.
  returned: when the host answered
  type: bool
local_etcd:
  description: Whether the host has a static pod manifest of etcd.
  returned: when the host answered
  type: bool
certificates:
  description:
    - Of a control-plane host, those in C(/etc/kubernetes/pki), with C(path), C(not_after) and whether it is an
      C(authority). Needs C(openssl); what it cannot read is left out.
  returned: when the host answered
  type: list
  elements: dict
unexplained_arguments:
  description:
    - Of a control-plane host, those arguments in the static pod manifests of API server, controller-manager and
      scheduler that C(kubeadm) would not write, or would write otherwise, from the cluster's kubeadm-config; with
      C(component), C(argument), its C(value) and the value that would be C(rendered) (V(null) for none). An upgrade
      would lose them.
    - V(null) when it could not be found out.
  returned: on control-plane hosts
  type: list
  elements: dict
  sample: [{component: kube-apiserver, argument: oidc-client-id, value: k8s, rendered: null}]
unexplained_arguments_error:
  description: Why it could not be found out.
  returned: on control-plane hosts
  type: str
static_pod_versions:
  description: Component to the tag of the image in its manifest.
  returned: when the host answered
  type: dict
  sample: {kube-apiserver: 1.35.4, etcd: 3.6.6-0}
kubelet_version:
  description: Of the kubelet that runs; V(null) when none does.
  returned: when the host answered
  type: str
  sample: 1.35.4
kubelet_restart_needed:
  description: Whether the kubelet runs with a binary or with settings that are no longer those on the disk.
  returned: when the host answered
  type: bool
kubelet_restart_reasons:
  description: Why.
  returned: when the host answered
  type: list
  elements: str
work_unit:
  description: The long work going on there, with C(active), C(id), C(command) and C(since).
  returned: when the host answered
  type: dict
cluster_uid:
  description: The uid of the C(kube-system) namespace as this host's own API server says; V(null) on a worker.
  returned: when the host answered
  type: str
cluster_uid_error:
  description: Why a control-plane host could not tell.
  returned: when the host answered
  type: str
etcd:
  description: As M(day2.k8s.etcd_info) returns it; V(null) without a local member, or when that does not answer.
  returned: with O(etcd=true)
  type: dict
etcd_error:
  description: Why etcd could not be looked at.
  returned: with O(etcd=true)
  type: str
target_package:
  description: The kubelet package that would bring O(kubernetes_version); V(null) when it cannot be installed.
  returned: with O(kubernetes_version)
  type: str
  sample: 1.36.3-1.1
target_package_error:
  description: Why it cannot, and which versions there are.
  returned: with O(kubernetes_version)
  type: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.day2.k8s.plugins.module_utils._host.host import Host, run_module
from ansible_collections.day2.k8s.plugins.module_utils._host.observation import observe


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "etcd": {"type": "bool", "default": False},
            "kubernetes_version": {"type": "str"},
            "tolerate_unreachable": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )

    def look(host: Host) -> dict[str, object]:
        seen = observe(host, with_etcd=module.params["etcd"], version=module.params["kubernetes_version"])
        return {"changed": False, "reachable": True, **seen}

    run_module(module, look)


if __name__ == "__main__":
    main()
