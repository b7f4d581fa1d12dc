# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end scenarios (molecule/) share: a lab cluster as its tests see it, and a probe beside a run."""

from __future__ import annotations
