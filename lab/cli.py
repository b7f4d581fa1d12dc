# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: arguments in, the right function called, errors told in words."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from lab import artefacts, naive, probe
from lab.artefacts import versions
from lab.artefacts.command import LabError as AnyLabError
from lab.cluster import haproxy, identity, inventory, kubeadm, lifecycle, nodes, record, spec, status
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import DEFAULT_UPGRADE_TO, DEFAULT_VERSION, DEFAULT_ZONES, Node
from lab.errors import LabError
from lab.host import podman, ssh

_DESCRIPTION = """\
Real Kubernetes clusters, made by kubeadm, on this one machine: nodes are containers that run systemd, everything is
built from sources on first use and kept in a cache. Any number of clusters run side by side, each with its own
network and load balancer.
"""

_EPILOG = """\
a first cluster, highly available, prepared to be upgraded by one minor:
  lab up main --version 1.35.4 --upgrade-to 1.36.3
  lab status main
  ansible-playbook -i "$(lab inventory main)" day2.k8s.plan
  lab kubectl main get nodes
  lab ssh main cp1
  lab down main

environment:
  DAY2_LAB_CACHE   what was built (default: ~/.cache/day2-lab)
  DAY2_LAB_STATE   what is known of running clusters (default: ~/.local/state/day2-lab)

An `up` that was killed is shown by `list` as incomplete; the next `up` or `down` removes what it left behind.
How these clusters differ from real ones: docs/lab.md.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a problem that was told, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    # A `kill` ends the lab as Ctrl-C does: with the same cleaning up.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = options.run(options)
        return int(code or 0)
    except AnyLabError as error:
        print(f"lab: {error}", file=sys.stderr)
        if isinstance(error, LabError) and error.remedy:
            print(f"  do: {error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _build(options: argparse.Namespace) -> None:
    wanted = options.versions or [DEFAULT_VERSION, DEFAULT_UPGRADE_TO]
    for version in wanted:
        _check_version(version)
    artefacts.build(wanted)
    artefacts.kwok()  # for the API harness of the tests, which runs clusters of plain processes


def _check_version(text: str) -> None:
    try:
        versions.parse(text)
    except ValueError as error:
        raise LabError(str(error), remedy="give exact versions, e.g. lab build 1.35.4 1.36.3") from error


def _up(options: argparse.Namespace) -> None:
    wanted = spec.make_spec(
        options.name,
        version=options.version,
        upgrade_to=options.upgrade_to,
        control_planes=options.control_planes,
        workers=options.workers,
        zones=options.zones,
        workloads=options.workloads,
    )
    cluster = lifecycle.up(wanted)
    print(f"inventory   {inventory.directory(cluster)}")
    print(f"kubeconfig  {identity.product_kubeconfig(cluster)}")
    if wanted.workloads:
        print(f"web         {haproxy.web_url(cluster)}")


def _obstruct(options: argparse.Namespace) -> None:
    lifecycle.obstruct(record.require(options.name))


def _down(options: argparse.Namespace) -> None:
    if options.all == bool(options.names):
        raise LabError("name the clusters to remove, or say --all", remedy="see which there are: lab list")
    for name in options.names:
        spec.check_name(name)
    for name in lifecycle.all_names() if options.all else options.names:
        if not lifecycle.down(name):
            print(f"there is no cluster {name}")


def _list(options: argparse.Namespace) -> None:
    rows = status.overview()
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        print(status.table(rows) or f"no clusters; start one: lab up main --upgrade-to {DEFAULT_UPGRADE_TO}")


def _status(options: argparse.Namespace) -> None:
    found = status.detail(record.require(options.name))
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for key, value in found.items():
        if isinstance(value, str) and value:
            print(f"{key.replace('_', ' '):17}{value}")
    for rows in (found["node_list"], found["workloads"]):
        if rows:
            print(f"\n{status.table(rows)}")


def _ssh(options: argparse.Namespace) -> None:
    cluster = record.require(options.name)
    node = _find_node(cluster, options.node)
    argv = ssh.argv(cluster.directory, node.address, options.command)
    os.execvp(argv[0], argv)


def _find_node(cluster: ClusterRecord, text: str) -> Node:
    for node in cluster.nodes:
        if text in (node.name, node.name.removeprefix(f"{cluster.name}-")):
            return node
    raise LabError(
        f"cluster {cluster.name} has no node {text}",
        remedy=f"use one of {', '.join(node.name for node in cluster.nodes)}",
    )


def _kubectl(options: argparse.Namespace) -> None:
    cluster = record.require(options.name)
    program = artefacts.kubernetes(cluster.spec.version) / "kubectl"
    os.environ["KUBECONFIG"] = str(_existing(identity.admin_kubeconfig(cluster)))
    os.execv(program, ["kubectl", *options.arguments])


def _kubeconfig(options: argparse.Namespace) -> None:
    cluster = record.require(options.name)
    print(_existing(identity.admin_kubeconfig(cluster) if options.admin else identity.product_kubeconfig(cluster)))


def _inventory(options: argparse.Namespace) -> None:
    print(_existing(inventory.directory(record.require(options.name))))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise LabError("the cluster did not come up completely", remedy="lab list; then lab up or lab down")
    return path


def _naive_upgrade(options: argparse.Namespace) -> None:
    naive.upgrade(record.require(options.name), options.to)


def _probe(options: argparse.Namespace) -> None:
    cluster = record.require(options.name)
    web_url = haproxy.web_url(cluster) if cluster.spec.workloads else ""
    probe.run(
        probe.targets(web_url, identity.product_kubeconfig(cluster), _inside(cluster)),
        seconds=options.seconds,
        rate=options.rate,
        output=Path(options.output),
    )


def _inside(cluster: ClusterRecord) -> probe.Inside | None:
    """From the last worker, which is changed last. A cluster without workers is only asked from outside."""
    workers = cluster.workers
    if not workers:
        return None
    return probe.Inside(podman.process_id(nodes.container(workers[-1])), kubeadm.SERVICE_ADDRESS)


def _probe_report(options: argparse.Namespace) -> None:
    summaries = probe.summarise(Path(options.file))
    print(json.dumps(summaries, indent=2) if options.json else status.table(probe.report_rows(summaries)))


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="lab", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=formatter)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, formatter_class=formatter)
        added.set_defaults(run=run)
        return added

    def of_cluster(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        added = command(name, run, text)
        added.add_argument("name", metavar="NAME", help="the cluster's name")
        return added

    build = command("build", _build, "build what clusters of these versions, and the API harness, need, ahead of time")
    build.add_argument(
        "versions",
        nargs="*",
        metavar="VERSION",
        help=f"exact Kubernetes version (default: {DEFAULT_VERSION} {DEFAULT_UPGRADE_TO})",
    )

    up = of_cluster("up", _up, "bring a cluster up, building what is missing; a running one is left as it is")
    up.add_argument("--version", default=DEFAULT_VERSION, help=f"Kubernetes version (default: {DEFAULT_VERSION})")
    up.add_argument("--upgrade-to", metavar="VERSION", help="also prepare packages and images of this version")
    up.add_argument("--control-planes", type=int, default=3, metavar="N", help="1 or 3 (default: 3)")
    up.add_argument("--workers", type=int, default=3, metavar="N", help="number of workers (default: 3)")
    up.add_argument(
        "--zones", metavar="A,B,C", help=f"zones, handed out to the nodes in turn (default: {','.join(DEFAULT_ZONES)})"
    )
    up.add_argument("--no-workloads", dest="workloads", action="store_false", help="leave out the sample workloads")

    of_cluster(
        "obstruct", _obstruct, "add what drains have trouble with: budgets without hope or slow, a pod without room"
    )

    down = command("down", _down, "remove clusters and everything that belongs to them")
    down.add_argument("names", nargs="*", metavar="NAME", help="clusters to remove")
    down.add_argument("--all", action="store_true", help="remove all clusters of this state directory")

    command("list", _list, "all clusters, also those whose making was interrupted").add_argument(
        "--json", action="store_true", help="for machines"
    )
    of_cluster("status", _status, "one cluster: nodes, workloads, addresses and files").add_argument(
        "--json", action="store_true", help="for machines"
    )

    login = of_cluster("ssh", _ssh, "log in to a node as root, or run a command there")
    login.add_argument("node", metavar="NODE", help="e.g. main-cp1, or only cp1")
    login.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="what to run there")

    kubectl = of_cluster("kubectl", _kubectl, "kubectl of the cluster's version, as administrator")
    kubectl.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="e.g. get nodes")

    of_cluster("kubeconfig", _kubeconfig, "path of the kubeconfig that the product works with").add_argument(
        "--admin", action="store_true", help="the administrator's instead"
    )
    of_cluster("inventory", _inventory, "path of the cluster's Ansible inventory")

    upgrade = of_cluster("naive-upgrade", _naive_upgrade, "upgrade by hand, as documented, for times to compare with")
    upgrade.add_argument("--to", required=True, metavar="VERSION", help="e.g. 1.36.3; prepared by up --upgrade-to")

    sampling = of_cluster("probe", _probe, "sample the web service and the API through the load balancer")
    sampling.add_argument("--seconds", type=float, required=True, help=f"how long, at most {probe.MAX_SECONDS:.0f}")
    sampling.add_argument("--rate", type=float, default=5, help="samples per second and series (default: 5)")
    sampling.add_argument("--output", required=True, metavar="FILE", help="one line of JSON per sample")

    report = command("probe-report", _probe_report, "requests, failures, slow ones and the longest gap of a probe")
    report.add_argument("file", metavar="FILE", help="what lab probe wrote")
    report.add_argument("--json", action="store_true", help="for machines")
    return parser
