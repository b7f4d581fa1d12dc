# SPDX-License-Identifier: GPL-3.0-or-later
"""All objects that planning reads, list by list as the API has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._model.workloads import NODES, PODS, RESOURCES
from .transport import ApiError, Transport

# Without these there is nothing to plan with; of what the others would have told, less is known.
_NEEDED = frozenset({NODES, PODS})
_NOT_TO_BE_HAD = (403, 404)


class ApiLists(Mapping[str, Iterator[dict[str, Any]]]):
    """Raw objects by the path of their list, fetched page by page as they are consumed.

    A list that may not be read, or that this API does not have, is empty and from then on not among the keys. Raises
    ApiError for everything else.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.refused: dict[str, ApiError] = {}

    def __getitem__(self, path: str) -> Iterator[dict[str, Any]]:
        if path not in self:
            raise KeyError(path)
        return self._objects(path)

    def __contains__(self, path: object) -> bool:
        return path in RESOURCES and path not in self.refused

    def __iter__(self) -> Iterator[str]:
        return (path for path in RESOURCES if path not in self.refused)

    def __len__(self) -> int:
        return len(RESOURCES) - len(self.refused)

    def _objects(self, path: str) -> Iterator[dict[str, Any]]:
        try:
            yield from self._transport.pages(path)
        except ApiError as error:
            if path in _NEEDED or error.status not in _NOT_TO_BE_HAD:
                raise
            self.refused[path] = error
