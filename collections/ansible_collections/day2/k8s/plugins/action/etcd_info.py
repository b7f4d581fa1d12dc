# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module etcd_info on the node."""

from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._action.node import NodeReader


class ActionModule(NodeReader):
    module = "etcd_info"
