#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Install what the other commands need: setup.sh ENVIRONMENT...
# Says at once, and completely, what is missing that it cannot install itself.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/.."

missing=()
for minor in 3.11 3.13; do "$here/python.sh" "$minor" >/dev/null || missing+=("Python $minor"); done
command -v go >/dev/null || missing+=("Go (1.21 or newer; it fetches the version that a build asks for)")
for program in git setpriv unshare dpkg-deb; do command -v "$program" >/dev/null || missing+=("$program"); done
if [[ ${#missing[@]} -gt 0 ]]; then
  printf 'missing: %s\n' "${missing[@]}" >&2
  exit 1
fi

# The lab knows best what it needs of Debian; as another user than root this says what to install.
python3 -c 'from lab.artefacts.host import host_packages; host_packages()'
for name in "$@"; do "$here/venv.sh" "$name"; done
