# SPDX-License-Identifier: GPL-3.0-or-later
"""Forecasts of drains held against what the drains then did."""

from __future__ import annotations
