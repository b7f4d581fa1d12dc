# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes a page of a list as the server writes it: item by item, and without who set which field.

Decoded at once, a page is hundreds of pods in a thousand small values each, all alive until the last pod is read, which
takes a third longer than one pod after the other. ``managedFields``, never read here, are almost half of the text.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

_ITEMS = '"items":['
# The entries are objects of objects, without a list in them: the first end is theirs. A name in them that looks like it
# leaves a rest that is no JSON.
_BEGIN = b',"managedFields":[{'
_END = b"}]"

_decode = json.JSONDecoder().raw_decode


def items(content: bytes) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """The raw objects of the page; what is returned after them is the page with none.

    JSON that is not in the server's own form is decoded all the same, at once and with ``managedFields``. Raises
    ValueError for what is no JSON object, where necessary after the objects before the fault.
    """
    number = 0
    try:
        text = _without_managed_fields(content).decode()
        head = text[: _first_item(text)]
        position = len(head)
        while text[position : position + 1] != "]":
            item, position = _decode(text, position)
            if text[position : position + 1] == ",":
                position += 1
            elif text[position : position + 1] != "]":
                raise ValueError(f"neither another item nor the end of the list at character {position}")
            yield item
            number += 1
        page: Any = json.loads(head + text[position:])
    except ValueError:
        page = json.loads(content)
        if not isinstance(page, dict):
            raise ValueError("no object") from None
        yield from (page.get("items") or ())[number:]
    rest: dict[str, Any] = {**page, "items": []}
    return rest


def _first_item(text: str) -> int:
    """Where it begins. Raises ValueError where what is before it is not the beginning of an object with items."""
    begin = text.find(_ITEMS)
    if begin < 0:
        raise ValueError("no items")
    begin += len(_ITEMS)
    json.loads(f"{text[:begin]}]}}")
    return begin


def _without_managed_fields(content: bytes) -> bytes:
    kept, position = [], 0
    while (begin := content.find(_BEGIN, position)) >= 0:
        end = content.find(_END, begin)
        if end < 0:
            break
        kept.append(content[position:begin])
        position = end + len(_END)
    kept.append(content[position:])
    return b"".join(kept)
