# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of everything that is part of a node step."""

from __future__ import annotations


class ModuleDocFragment:
    """Described once for the actions that are fenced and journalled within a run."""

    DOCUMENTATION = r"""
options:
  node:
    description: Name of the Node, which need not be that of the inventory's host.
    type: str
    required: true
  run:
    description:
      - The open run as M(day2.k8s.run_open) returned it (C(run)).
      - Before anything is changed it is checked that the run still holds the cluster's lock, and what is done is
        written to the Node's journal.
      - Leave it out to use the module outside a run.
    type: dict
"""
