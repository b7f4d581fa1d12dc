# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE)
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_snapshot
short_description: Keep what planning reads of a cluster in a directory
description:
  - Writes what M(day2.k8s.upgrade_plan_info) reads of a cluster and of its hosts to a directory, from which it can plan
    later or elsewhere without asking them.
  - The directory holds C(snapshot.json), which says what it is of, and one file of JSON lines for each kind of object
    and for the hosts, sorted, so that two snapshots can be compared. Files may be compressed with C(gzip) afterwards.
  - Only what planning reads is kept. There are no Secrets and no ConfigMaps; of containers no commands, arguments or
    environment; of annotations only those of this collection, the mark of static pods and O(owner_key). Names, labels,
    images, addresses and machine-ids are there.
  - Reads the hosts through the variables that the provider role registered on them, as M(day2.k8s.upgrade_plan_info)
    does.
version_added: 0.1.0
author: The day2.k8s maintainers (@day2-k8s)
extends_documentation_fragment:
  - day2.k8s.connection
attributes:
  check_mode:
    description: Makes sure of the cluster, and writes nothing.
    support: full
  diff_mode:
    description: Compare the directories with C(diff) instead.
    support: none
options:
  directory:
    description:
      - Where the snapshot is kept, on the controller. It is made if it does not exist.
      - An earlier snapshot there is replaced. A directory with anything else in it is refused.
    type: path
    required: true
  cluster_uid:
    description:
      - The uid of the cluster's C(kube-system) namespace.
      - Any other cluster is refused (C(D2-CLUSTER-001)), before anything else is read from it.
    type: str
    required: true
  kubernetes_version:
    description:
      - The version whose packages the hosts were asked for, exact, such as V(1.36.3).
      - A plan for another version says that it does not know whether that can be installed.
    type: str
    required: true
  hosts:
    description:
      - Inventory names of all hosts of the cluster. By default those of the play.
      - Their variables C(day2_node_name) (by default the inventory name) and C(day2_host) are read. The latter is what
        the provider role's entry point C(facts) registers; a host without it did not answer.
    type: list
    elements: str
  owner_key:
    description: Annotation or label by which objects say whom to call about them. The annotation is kept with them.
    type: str
    default: ""
seealso:
  - module: day2.k8s.upgrade_plan_info
"""

EXAMPLES = r"""
- name: Keep what planning reads of the cluster
  day2.k8s.cluster_snapshot:
    directory: ./snapshots/prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    kubernetes_version: 1.36.3
  run_once: true

- name: Plan from it, wherever it was copied to
  day2.k8s.upgrade_plan_info:
    snapshot: ./snapshots/prod
    environment: prod
    cluster_uid: 5b0a3f0e-6f57-4a4b-9d3c-4f2f6f7d1c11
    kubernetes_version: 1.36.3
  run_once: true
"""

RETURN = r"""
directory:
  description: Where the snapshot is.
  returned: success
  type: str
objects:
  description: How many objects of each kind it holds; empty in check mode.
  returned: success
  type: dict
  sample:
    nodes: 6
    pods: 212
    hosts: 6
not_read:
  description:
    - Kinds that may not be listed with the identity in use, or that this API does not have.
    - The snapshot does not have them, and what depends on them is planned as unknown.
  returned: success
  type: list
  elements: str
"""
