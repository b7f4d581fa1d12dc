# SPDX-License-Identifier: GPL-3.0-or-later
"""Give an empty virtual environment its pip without a download; stands in for the script that ansible-test fetches.

Called with pip's options and the wanted packages (``pip==25.2``), as the original is.
"""

from __future__ import annotations

import runpy
import subprocess
import sys

if __name__ == "__main__":
    # In a process of its own: it switches pip's configuration off, which the installation below needs.
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
    # pip was not there when this interpreter looked at its path for the first time.
    sys.path_importer_cache.clear()
    # Two options of the original that pip does not know; they hold here anyway.
    sys.argv[1:] = ["install", *(a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel"))]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
