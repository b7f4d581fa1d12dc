# SPDX-License-Identifier: GPL-3.0-or-later
"""``python3 -m lab.artefacts``: build what the lab needs ahead of time, or say where binaries are."""

from __future__ import annotations

import argparse
import json
import sys

from lab import artefacts
from lab.artefacts.command import LabError
from lab.artefacts.image_tags import release_of


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if the lab cannot make what was asked for."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "paths":
            print(json.dumps(paths(options.version), indent=2))
        else:
            artefacts.build(options.versions)
            # For clusters of plain processes, beside those of containers.
            artefacts.kwok()
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def paths(version: str) -> dict[str, str]:
    """Return where the binaries of a cluster of plain processes are; needs no root and no containers."""
    return {
        "kubernetes": str(artefacts.kubernetes(version)),
        "etcd": str(artefacts.etcd(release_of(artefacts.image_tags(version)["etcd"]))),
        "kwok": str(artefacts.kwok()),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m lab.artefacts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="make everything for these versions")
    build.add_argument("versions", nargs="+", metavar="VERSION", help="exact Kubernetes version, such as 1.36.3")
    binaries = commands.add_parser("paths", help="print the directories of the binaries as JSON, making them if needed")
    binaries.add_argument("version", metavar="VERSION")
    return parser


if __name__ == "__main__":
    sys.exit(main())
