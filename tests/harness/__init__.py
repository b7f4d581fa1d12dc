# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Kubernetes control plane as plain processes on loopback, for tests of what the API itself decides.

etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the real ones; KWOK plays the kubelets. Eviction,
disruption budgets, scheduling, leases, RBAC and the audit log are therefore real; only nodes and containers are not.
Needs no root and no containers, and is there after a few seconds.
"""

from __future__ import annotations
