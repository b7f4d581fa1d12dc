# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes lists without what the server always sends and planning never reads: who set which field of an object.

Of a list of pods that is almost half the text, and half the time it takes to decode it.
"""

from __future__ import annotations

import json
from typing import Any

# The entries are objects of objects, without a list in them: the first end is theirs. A name in them that looks like it
# leaves a rest that is no JSON.
_BEGIN = b',"managedFields":[{'
_END = b"}]"


def decode_without_managed_fields(content: bytes) -> Any:
    """What ``json.loads`` makes of ``content``, without ``managedFields`` where the server's own form is recognised.

    Raises ValueError for what is not JSON.
    """
    try:
        return json.loads(_stripped(content))
    except ValueError:
        return json.loads(content)


def _stripped(content: bytes) -> bytes:
    kept, position = [], 0
    while (begin := content.find(_BEGIN, position)) >= 0:
        end = content.find(_END, begin)
        if end < 0:
            break
        kept.append(content[position:begin])
        position = end + len(_END)
    kept.append(content[position:])
    return b"".join(kept)
