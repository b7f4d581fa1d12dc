#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Print the path of an interpreter of the Python minor asked for (python.sh 3.13) that can make virtual environments.
# Looks at the PATH, at pyenv's versions and at the usual prefixes; a pyenv shim on the PATH may well not run.
set -euo pipefail

minor="${1:?usage: python.sh MINOR, such as 3.13}"
shopt -s nullglob

candidates=()
while IFS= read -r found; do candidates+=("$found"); done < <(type -ap "python$minor" python3 || true)
# The user's own home as well: $HOME may have been set to an empty one, to try a cold start.
home="$(getent passwd "$(id -u)" | cut -d: -f6)"
for root in "${PYENV_ROOT:-$HOME/.pyenv}" "$home/.pyenv" /opt/pyenv; do
  candidates+=("$root"/versions/"$minor"*/bin/"python$minor")
done
candidates+=(/usr/local/bin/"python$minor" /opt/python*/bin/"python$minor" /opt/python/"$minor"*/bin/"python$minor"
             /usr/local/python*/bin/"python$minor" "$HOME"/.local/bin/"python$minor")

for candidate in "${candidates[@]}"; do
  answer="$("$candidate" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2], sys.executable)' 2>/dev/null || true)"
  if [[ "$answer" == "$minor "* ]]; then
    echo "${answer#* }"
    exit 0
  fi
done

echo "python$minor (with venv and ensurepip) was not found on the PATH, below pyenv's versions or in the usual prefixes." >&2
echo "Install it (pyenv install $minor; on Debian also python$minor-venv) and run the same command again." >&2
exit 1
