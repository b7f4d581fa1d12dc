# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot as a directory: what planning reads of a cluster, to be planned with later or elsewhere.

``snapshot.json`` says what it is of. Beside it there is one file of JSON lines for each list of objects, and one for
the hosts, sorted and with sorted keys, so that two snapshots can be compared with any tool. A file may be compressed
(``pods.jsonl.gz``). ``snapshot.json`` is written last, so that a directory with it is complete.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from .._model.deprecated_api import DeprecatedApi
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.host import Host
from .._model.slimming import slim
from .._model.snapshot import KubeadmConfig
from .._model.version import KubernetesVersion
from .._model.workloads import REPLICASETS, RESOURCES, is_history

SCHEMA = 1
INDEX = "snapshot.json"
_HOSTS = "hosts.jsonl"


@dataclass(frozen=True, slots=True)
class Index:
    """What a snapshot is of, but for its objects and hosts.

    ``taken_at`` is ISO 8601 in UTC. ``packages_for`` is the version whose packages the hosts were asked for;
    ``contact_key`` the annotation or label that says whom to call, and that was kept for it.
    """

    cluster_uid: str
    taken_at: str
    api_version: KubernetesVersion
    kubeadm: KubeadmConfig
    packages_for: KubernetesVersion
    contact_key: str = ""
    deprecated_apis: tuple[DeprecatedApi, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "cluster_uid": self.cluster_uid,
            "taken_at": self.taken_at,
            "api_version": str(self.api_version),
            "kubeadm": {**asdict(self.kubeadm), "kubernetes_version": str(self.kubeadm.kubernetes_version)},
            "packages_for": str(self.packages_for),
            "contact_key": self.contact_key,
            "deprecated_apis": None
            if self.deprecated_apis is None
            else [api.to_dict() for api in self.deprecated_apis],
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Index:
        configured = KubernetesVersion.parse(raw["kubeadm"]["kubernetes_version"])
        deprecated = raw.get("deprecated_apis")
        return cls(
            cluster_uid=raw["cluster_uid"],
            taken_at=raw["taken_at"],
            api_version=KubernetesVersion.parse(raw["api_version"]),
            kubeadm=KubeadmConfig(**{**raw["kubeadm"], "kubernetes_version": configured}),
            packages_for=KubernetesVersion.parse(raw["packages_for"]),
            contact_key=raw["contact_key"],
            deprecated_apis=None if deprecated is None else tuple(DeprecatedApi(**api) for api in deprecated),
        )


def write(
    directory: Path, index: Index, lists: Mapping[str, Iterable[Mapping[str, Any]]], hosts: Iterable[Host]
) -> dict[str, int]:
    """Returns how many there are of each file. Raises Day2Error D2-INPUT-002 for a directory that is something else.

    ``lists`` holds raw objects by the path of their list; one that cannot be had is not among the keys once it was
    asked for. An earlier snapshot in the directory is replaced.
    """
    _prepare(directory)
    counts: dict[str, int] = {}
    for path in RESOURCES:
        lines = sorted(_lines_of(lists, path, index.contact_key))
        if path in lists:
            counts[file_of(path)] = _write_lines(directory / file_of(path), (line for _key, line in lines))
    described = sorted((host.to_dict() for host in hosts), key=lambda host: str(host["name"]))
    counts[_HOSTS] = _write_lines(directory / _HOSTS, map(_line, described))
    document = {"schema": SCHEMA, **index.to_dict(), "files": counts}
    _replace(directory / INDEX, [json.dumps(document, indent=2, sort_keys=True) + "\n"])
    return counts


def file_of(path: str) -> str:
    """The name of the file that holds the list of ``path``."""
    return f"{path.rpartition('/')[2]}.jsonl"


class SnapshotDirectory(Mapping[str, Iterator[dict[str, Any]]]):
    """A snapshot to be read: its lists by path, line by line as they are consumed.

    Raises Day2Error D2-INPUT-002 for what is no snapshot, is of a newer schema, or has lost lines since it was written.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        raw = self._index()
        try:
            self.index = Index.from_dict(raw)
            self._counts: dict[str, int] = dict(raw["files"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._wrong(f"{INDEX} cannot be understood: {error!r}") from error

    def hosts(self) -> dict[str, Host]:
        """By inventory name."""
        hosts = map(Host.from_dict, self._lines(_HOSTS))
        return {host.name: host for host in hosts}

    def __getitem__(self, path: str) -> Iterator[dict[str, Any]]:
        if path not in self:
            raise KeyError(path)
        return self._lines(file_of(path))

    def __contains__(self, path: object) -> bool:
        return path in RESOURCES and file_of(str(path)) in self._counts

    def __iter__(self) -> Iterator[str]:
        return (path for path in RESOURCES if path in self)

    def __len__(self) -> int:
        return sum(1 for _path in self)

    def _index(self) -> Mapping[str, Any]:
        try:
            raw = json.loads((self._directory / INDEX).read_text(encoding="utf-8"))
            schema = int(raw["schema"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._wrong(f"{INDEX} cannot be read: {error}") from error
        if schema > SCHEMA:
            raise self._wrong(f"{INDEX} has schema {schema}; this version understands up to {SCHEMA}")
        found: Mapping[str, Any] = raw
        return found

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        number = 0
        try:
            with closing(self._open(name)) as lines:
                for line in lines:
                    yield json.loads(line)
                    number += 1
        except (OSError, ValueError, EOFError) as error:
            raise self._wrong(f"{name}, line {number + 1}: {error}") from error
        if number != self._counts[name]:
            raise self._wrong(f"{name} has {number} lines; {self._counts[name]} were written")

    def _open(self, name: str) -> IO[str]:
        plain = self._directory / name
        if plain.exists():
            return plain.open(encoding="utf-8")
        return gzip.open(f"{plain}.gz", "rt", encoding="utf-8")

    def _wrong(self, message: str) -> Day2Error:
        return _no_snapshot(self._directory, message, "take it anew (the verb snapshot), or name another directory")


def _prepare(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        index = directory / INDEX
        if not index.exists() and any(directory.iterdir()):
            raise _no_snapshot(directory, "is not empty and holds no snapshot", "name a new or an empty directory")
        # Compressed files of an earlier snapshot would be read in place of the new ones.
        index.unlink(missing_ok=True)
        for compressed in directory.glob("*.jsonl.gz"):
            compressed.unlink()
    except OSError as error:
        raise _no_snapshot(directory, str(error), "name a directory that can be written") from error


def _lines_of(
    lists: Mapping[str, Iterable[Mapping[str, Any]]], path: str, contact_key: str
) -> Iterator[tuple[tuple[str, str], str]]:
    """Slimmed as they come, each with what it is sorted by."""
    for raw in lists.get(path) or ():
        if path != REPLICASETS or not is_history(raw):
            metadata = raw["metadata"]
            yield (metadata.get("namespace", ""), metadata["name"]), _line(slim(raw, path, contact_key))


def _write_lines(file: Path, lines: Iterable[str]) -> int:
    number = 0

    def counted() -> Iterator[str]:
        nonlocal number
        for line in lines:
            number += 1
            yield line

    _replace(file, counted())
    return number


def _replace(file: Path, parts: Iterable[str]) -> None:
    """Written aside first, so that the file is either the old one or the new one."""
    aside = file.with_name(f".{file.name}")
    with aside.open("w", encoding="utf-8") as stream:
        stream.writelines(parts)
    aside.replace(file)


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"


def _no_snapshot(directory: Path, message: str, remedy: str) -> Day2Error:
    return Day2Error(
        Finding(
            code="D2-INPUT-002",
            subject=str(directory),
            message=message,
            why="a plan is only as good as what it is made from",
            remedy=remedy,
        )
    )
