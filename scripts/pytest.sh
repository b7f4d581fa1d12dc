#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Run pytest in one environment: pytest.sh STAGE ENVIRONMENT PATH...
# Further options come in by PYTEST_ADDOPTS. The results also go to artifacts/test-results/STAGE-ENVIRONMENT.xml, which
# the last line of `make test` sums up.
set -euo pipefail

stage="${1:?usage: pytest.sh STAGE ENVIRONMENT PATH...}" name="${2:?}"
shift 2
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/.."

venv="$("$here/venv.sh" "$name")"
paths=()
for path in "$@"; do
  # The lab runs on the machine's own Python and knows no ansible-core: once is enough.
  if [[ "$path" == tests/unit && "$name" != dev ]]; then continue; fi
  paths+=("$path")
done

# The environment's own programs (ansible-playbook, ansible-doc) must win over the machine's. Compiled code is kept, for
# each task of a playbook would compile anew what it imports, but not in the checkout.
export PATH="$venv/bin:$PATH" PYTHONPYCACHEPREFIX="${XDG_CACHE_HOME:-$HOME/.cache}/day2-k8s/pycache"
echo "== $stage on $name: $("$venv/bin/python" -c 'import platform
from importlib.metadata import version
print("Python", platform.python_version(), "ansible-core", version("ansible-core"), "kubernetes", version("kubernetes"))')"
exec "$venv/bin/python" -m pytest --junit-xml="artifacts/test-results/$stage-$name.xml" -q "${paths[@]}"
