"""Numbers in blocks of Q4_K, as llama.cpp reads them; simply made: one scale for a whole block."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 256
_MOST: Final = 63
"""Of a scale or a minimum, which have six bits."""


def pack_q4_k(numbers: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The rows of a matrix, whose length is a multiple of 256, as bytes."""
    rows, columns = numbers.shape
    blocks = numbers.reshape(-1, _BLOCK)
    low = np.minimum(blocks.min(axis=1, keepdims=True), 0)
    step = np.maximum((blocks.max(axis=1, keepdims=True) - low) / 15, 1e-8)
    levels = np.clip(np.rint((blocks - low) / step), 0, 15).astype(np.uint8)
    # Of each 64 numbers, the first half are the low four bits, the second half the high ones.
    halves = levels.reshape(-1, 4, 2, 32)
    packed = (halves[:, :, 0] | halves[:, :, 1] << 4).reshape(-1, _BLOCK // 2)
    scales = np.hstack([step, -low]).astype(np.float32) / _MOST
    heads = scales.astype(np.float16).view(np.uint8)
    # All six-bit scales and minima are the greatest: every bit is set.
    sixes = np.full((len(blocks), 12), 255, np.uint8)
    return np.hstack([heads, sixes, packed]).reshape(rows, columns // _BLOCK * 144)
