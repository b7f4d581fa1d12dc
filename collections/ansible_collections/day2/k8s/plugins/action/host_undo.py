# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module host_undo on the node; a host that does not answer undoes it by itself."""

from __future__ import annotations

from typing import ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.node import NodeReader


class ActionModule(NodeReader):
    module = "host_undo"
    patience_seconds: ClassVar[float] = 0.0
