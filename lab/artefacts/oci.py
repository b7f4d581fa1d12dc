# SPDX-License-Identifier: GPL-3.0-or-later
"""Make container images and push them, with nothing but files and HTTP.

No container engine, no root, and the same content always gives the same digests. Layers are not compressed: the
registry is one bridge away, and unpacking is what a node with few cores would wait for.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from lab.artefacts.command import LabError

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
PATH_VARIABLE = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TIMEOUT_SECONDS = 120.0
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Layer:
    """A layer: an uncompressed tar file."""

    path: Path
    digest: str
    size: int


@dataclass(frozen=True)
class Image:
    """An image and the name it is pushed under.

    :ivar repository: without a host
    :ivar user: who its process runs as
    """

    repository: str
    tag: str
    layers: tuple[Layer, ...]
    entrypoint: tuple[str, ...]
    user: str = "0:0"

    @property
    def name(self) -> str:
        """Return ``repository:tag``."""
        return f"{self.repository}:{self.tag}"


def layer(path: Path) -> Layer:
    """Describe a tar file."""
    with path.open("rb") as content:
        return Layer(path, f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}", path.stat().st_size)


def write_layer(path: Path, content: Mapping[str, Path | str]) -> Layer:
    """Write a layer to ``path``.

    :param content: by absolute path in the image: a file, which becomes executable, or the target of a symbolic link
    """
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        directories = {str(parent) for name in content for parent in Path(name).parents if str(parent) != "/"}
        for name in sorted(directories):
            tar.addfile(_entry(name, tarfile.DIRTYPE))
        # Programs expect one, and there is nothing else in an image made from scratch.
        tar.addfile(_entry("/tmp", tarfile.DIRTYPE, mode=0o1777))
        for name, source in sorted(content.items()):
            if isinstance(source, str):
                link = _entry(name, tarfile.SYMTYPE)
                link.linkname = source
                tar.addfile(link)
            else:
                entry = _entry(name, tarfile.REGTYPE)
                entry.size = source.stat().st_size
                with source.open("rb") as data:
                    tar.addfile(entry, data)
    return layer(path)


def _entry(name: str, kind: bytes, *, mode: int = 0o755) -> tarfile.TarInfo:
    """Describe a member; owner and time are always the same, for the digest's sake."""
    entry = tarfile.TarInfo(name.lstrip("/"))
    entry.type = kind
    entry.mode = mode
    return entry


def config(image: Image) -> bytes:
    """Render the configuration of an image."""
    return _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"User": image.user, "Env": [PATH_VARIABLE], "Entrypoint": list(image.entrypoint)},
            "rootfs": {"type": "layers", "diff_ids": [each.digest for each in image.layers]},
        }
    )


def manifest(image: Image) -> bytes:
    """Render the manifest of an image; its digest is the image's."""
    configuration = config(image)
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "digest": digest_of(configuration), "size": len(configuration)},
            "layers": [{"mediaType": LAYER_TYPE, "digest": each.digest, "size": each.size} for each in image.layers],
        }
    )


def digest_of(data: bytes) -> str:
    """Return the digest that a registry knows ``data`` by."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def push(images: Sequence[Image], url: str) -> None:
    """Push images to a registry, each layer once.

    :raises LabError: the registry does not take one
    """
    target = _Registry(url)
    uploaded: dict[str, str] = {}
    for image in images:
        for each in image.layers:
            with each.path.open("rb") as data:
                target.upload(image.repository, each.digest, data, each.size, uploaded.get(each.digest))
            uploaded[each.digest] = image.repository
        configuration = config(image)
        target.upload(image.repository, digest_of(configuration), io.BytesIO(configuration), len(configuration))
        target.tag(image.repository, image.tag, manifest(image))


class _Registry:
    """The few requests of the registry protocol that a push takes."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc

    def upload(
        self, repository: str, digest: str, data: io.BufferedReader | io.BytesIO, size: int, source: str | None = None
    ) -> None:
        """Upload a blob unless the repository has it.

        :param source: another repository on this registry that has it
        """
        if self._request("HEAD", f"/v2/{repository}/blobs/{digest}", accept=(200, 404))[0] == 200:
            return
        query = {"mount": digest, "from": source} if source else {}
        status, location = self._request(
            "POST", f"/v2/{repository}/blobs/uploads/?{urlencode(query)}", accept=(201, 202)
        )
        if status == 201:
            return
        upload = urlsplit(location)
        separator = "&" if upload.query else ""
        self._request(
            "PUT",
            f"{upload.path}?{upload.query}{separator}{urlencode({'digest': digest})}",
            body=data,
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            accept=(201,),
        )

    def tag(self, repository: str, tag: str, content: bytes) -> None:
        """Upload a manifest, all of whose blobs are there, under a tag."""
        self._request(
            "PUT",
            f"/v2/{repository}/manifests/{tag}",
            body=content,
            headers={"Content-Type": MANIFEST_TYPE},
            accept=(201,),
        )

    def _request(
        self,
        method: str,
        path: str,
        *,
        accept: tuple[int, ...],
        body: io.BufferedReader | io.BytesIO | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Return the status and the ``Location``."""
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS, blocksize=BLOCK_BYTES)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status not in accept:
            raise LabError(f"registry: {method} {path} answered {response.status}: {answer.decode(errors='replace')}")
        return response.status, response.headers.get("Location", "")
