# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: real kubeadm clusters on one machine, from sources, for tests and demonstrations."""

from __future__ import annotations
