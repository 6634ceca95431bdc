"""Vectors as they are kept, and how like two of them are. Pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from operator import mul


def shorten(numbers: Sequence[float]) -> tuple[float, ...] | None:
    """A vector of length 1 in the same direction; None: it has none."""
    length = math.sqrt(sum(map(mul, numbers, numbers)))
    if not math.isfinite(length) or length == 0:
        return None
    return tuple(number / length for number in numbers)


def pack(numbers: Sequence[float]) -> bytes:
    """As half-precision numbers; empty: a vector without a direction."""
    short = shorten(numbers)
    return b"" if short is None else struct.pack(f"<{len(short)}e", *short)


def likeness(vector: Sequence[float], packed: bytes) -> float:
    """The cosine between a vector of length 1 and one that was packed; 0 where they differ in size.

    Between opposite ones it is 0, too: to be unlike says nothing more than to be unrelated.
    """
    if len(packed) != 2 * len(vector):
        return 0.0
    other: tuple[float, ...] = struct.unpack(f"<{len(vector)}e", packed)
    cosine = math.fsum(map(mul, vector, other))
    return max(0.0, cosine)
