"""Reads what a GGUF file's name says: the model, its quantisation, which part of how many. Pure."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_SUFFIX: Final = re.compile(r"\.gguf$", re.IGNORECASE)
_PART: Final = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})$")
_QUANTIZATION: Final = re.compile(
    r"[-_.](?P<type>(?:UD-)?(?:I?Q\d(?:_(?:[0-9KSMLX]|XS|XXS|XL|NL))*(?:_\d+)*|TQ\d_\d|MXFP4(?:_MOE)?"
    r"|NVFP4|BF16|F(?:P)?16|F(?:P)?32))$",
    re.IGNORECASE,
)
_PROJECTOR: Final = re.compile(r"^mmproj(?![a-z0-9])|[-_.]mmproj(?![a-z0-9])", re.IGNORECASE)


class ModelName(Struct, frozen=True):
    """A file's name, taken apart."""

    name: str
    quantization: str | None
    part: int = 1
    part_count: int = 1
    stem: str = ""
    """What all parts of a split model have in common."""
    is_projector: bool = False


def read_name(file_name: str) -> ModelName:
    """Take a name apart: `Qwen-7B-Q4_K_M-00001-of-00003.gguf` is part 1 of 3 of `Qwen-7B`."""
    stem = _SUFFIX.sub("", file_name)
    part, part_count = 1, 1
    if match := _PART.match(stem):
        number, count = int(match["number"]), int(match["count"])
        if 1 <= number <= count:
            stem, part, part_count = match["stem"], number, count
    name, quantization = stem, None
    if match := _QUANTIZATION.search(stem):
        name = stem[: match.start()]
        quantization = match["type"].upper()
    return ModelName(
        name=name or stem,
        quantization=quantization,
        part=part,
        part_count=part_count,
        stem=stem,
        is_projector=_PROJECTOR.search(stem) is not None,
    )
