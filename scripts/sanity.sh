#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Run all of ansible-test's sanity tests in one environment: sanity.sh ENVIRONMENT [OPTION...]
# They run in place, without containers; the ignore lists are empty.
set -euo pipefail

name="${1:?usage: sanity.sh ENVIRONMENT [ansible-test option...]}"
shift
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$("$here/venv.sh" "$name")"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# ansible-test takes every pythonX.Y it finds for granted; pyenv's shims are there for versions that are not active.
for minor in 3.9 3.10 3.11 3.12 3.13; do
  if python="$("$here/python.sh" "$minor" 2>/dev/null)"; then ln -s "$python" "$scratch/python$minor"; fi
done
ln -sf "$venv/bin/python" "$scratch/python$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
path="$(tr ':' '\n' <<<"$PATH" | grep -v '/shims$' | paste -sd:)"

# It prepares its own environments with a script that it would download. The same is done by what Python brings along.
cache="$HOME/.ansible/test/cache"
mkdir -p "$cache"
while IFS= read -r version; do
  cp "$here/get_pip.py" "$cache/get_pip_${version//./_}.py"
done < <("$venv/bin/python" - <<'PYTHON'
from types import SimpleNamespace
from ansible_test._internal.python_requirements import get_venv_packages
print("\n".join({get_venv_packages(SimpleNamespace(version=v))["pip"] for v in ("3.9", "3.10", "3.11", "3.12", "3.13")}))
PYTHON
)

echo "== sanity on $name"
cd "$here/../collections/ansible_collections/day2/k8s"
PATH="$scratch:$venv/bin:$path" "$venv/bin/ansible-test" sanity --color no --requirements "$@"
