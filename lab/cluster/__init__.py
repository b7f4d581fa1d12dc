# SPDX-License-Identifier: GPL-3.0-or-later
"""Named lab clusters: what one consists of, how it comes up, and how it goes away without a trace."""
