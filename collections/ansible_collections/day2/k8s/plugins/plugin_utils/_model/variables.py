# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable ``day2_*`` and ``kubeadm_*`` there is, so that a misspelt one can be told from one that works."""

from __future__ import annotations

PREFIXES = ("day2_", "kubeadm_")

# What operators set; a test holds it against the roles' argument specifications.
OPERATOR = frozenset(
    {
        "day2_accept",
        "day2_admission_timeout",
        "day2_artifacts",
        "day2_cluster_uid",
        "day2_context",
        "day2_drain_delete_emptydir_data",
        "day2_drain_force",
        "day2_drain_grace_period",
        "day2_drain_rules",
        "day2_drain_timeout",
        "day2_drain_volume_detach_timeout",
        "day2_environment",
        "day2_environment_rank",
        "day2_etcd_snapshot",
        "day2_etcd_snapshot_keep",
        "day2_etcd_snapshot_recipient",
        "day2_excluded_nodes",
        "day2_failover_drill_approver",
        "day2_failover_drill_consent",
        "day2_failover_drill_hold",
        "day2_failover_drill_objective",
        "day2_failover_drill_scenarios",
        "day2_failure_budget",
        "day2_halt_reason",
        "day2_hosts",
        "day2_isolation_hook",
        "day2_isolation_redirect",
        "day2_isolation_timeout",
        "day2_kubeconfig",
        "day2_kubernetes_version",
        "day2_max_unavailable",
        "day2_node_name",
        "day2_nodes",
        "day2_one_zone_at_a_time",
        "day2_owner_key",
        "day2_plan_file",
        "day2_pools",
        "day2_provider",
        "day2_snapshot",
        "day2_verify_timeout",
        "kubeadm_apt_hold",
        "kubeadm_apt_lock_timeout",
        "kubeadm_apt_timeout",
        "kubeadm_certificate_renewal",
        "kubeadm_etcd_snapshot",
        "kubeadm_etcd_snapshot_directory",
        "kubeadm_etcd_snapshot_keep",
        "kubeadm_etcd_snapshot_recipient",
        "kubeadm_ignore_preflight_errors",
        "kubeadm_image_repository",
        "kubeadm_isolation_hook",
        "kubeadm_isolation_redirect",
        "kubeadm_isolation_timeout",
        "kubeadm_kubernetes_version",
        "kubeadm_node",
        "kubeadm_run",
        "kubeadm_verify_timeout",
        "kubeadm_work_timeout",
    }
)

# What the plays of the collection hand from one to the next.
OF_PLAYS = frozenset(
    {
        "day2_check",
        "day2_host",
        "day2_plan",
        "day2_run_close",
        "day2_run_group",
        "day2_run_open",
        "day2_run_pass",
        "day2_verb",
    }
)

KNOWN = OPERATOR | OF_PLAYS
