# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource quantities as integers, so that sums and comparisons are exact.

After kubernetes/apimachinery:pkg/api/resource/quantity.go: what is not whole is rounded up.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_QUANTITY = re.compile(
    r"^(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$",
)
_FACTORS = {
    "": Fraction(1),
    **{suffix: Fraction(1, 1000**power) for power, suffix in enumerate("mun", 1)},
    **{suffix: Fraction(1000**power) for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", 1)},
}


@lru_cache(maxsize=4096)
def millicores(text: str) -> int:
    """CPU in thousandths of a core: ``2`` is 2000, ``100m`` is 100. Raises ValueError for anything that is none."""
    return _up(_value(text) * 1000)


@lru_cache(maxsize=4096)
def units(text: str) -> int:
    """Bytes, pods, devices: ``1Gi`` is 1073741824. Raises ValueError for anything that is none."""
    return _up(_value(text))


def amount(resource: str, quantity: str | int | float) -> int:
    """Of ``resource`` in the unit that this product counts it in: millicores for cpu, otherwise whole units."""
    return millicores(str(quantity)) if resource == "cpu" else units(str(quantity))


def _value(text: str) -> Fraction:
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a quantity such as 100m, 1.5 or 2Gi")
    suffix = match["suffix"] or ""
    factor = _FACTORS.get(suffix)
    return Fraction(match["number"]) * (Fraction(10) ** int(suffix[1:]) if factor is None else factor)


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
