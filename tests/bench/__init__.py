# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to stay fast, timed beside what people would use otherwise."""

from __future__ import annotations
