# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what real components do in their own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(what: str, look: Callable[[], T], *, timeout: float = 30.0, interval: float = 0.05) -> T:
    """Return the first truthy answer of ``look``.

    :param what: for the message of the AssertionError that ends the waiting after ``timeout`` seconds
    """
    give_up = time.monotonic() + timeout
    while True:
        if answer := look():
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"not within {timeout:g} s: {what}; last seen: {answer!r}")
        time.sleep(interval)
