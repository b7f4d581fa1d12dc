# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab uses of the machine it runs on: programs, containers, background processes, SSH, HTTP."""
