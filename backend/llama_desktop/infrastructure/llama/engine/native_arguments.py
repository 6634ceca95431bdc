"""Reads the command line with llama.cpp's own parser, which lies unseen in the extension module.

The Linux build exports all C++ symbols, and llama.cpp's `common_params` lies inside a
`CommonParams` object right behind Python's own head. So the parser can fill one in place: every
flag of llama-server, its help, and its very words about a mistake.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Final

_SYMBOL: Final = "_Z19common_params_parseiPPcR13common_params13llama_examplePFviS0_E"
_HEAD_BYTES: Final = object.__basicsize__
_EXAMPLE_SERVER: Final = 12
"""llama.cpp's number for llama-server, among its programs that share the parser."""


def can_parse_natively(extension: ModuleType) -> bool:
    """Whether the parser is there, and does to a scratch object what it has to do."""
    if object.__basicsize__ != 2 * ctypes.sizeof(ctypes.c_void_p) or extension.__file__ is None:
        return False
    try:
        _load_parser(extension)
    except (OSError, AttributeError):
        return False
    scratch = extension.CommonParams()
    if not _is_laid_out_as_expected(scratch):
        return False
    # A flag that only llama-server has: the number of the example is still right.
    return parse_natively(extension, ["llama-server", "--no-slots"], scratch) is None and (
        scratch.endpoint_slots is False
    )


def parse_natively(extension: ModuleType, argv: Sequence[str], parameters: Any) -> int | None:
    """Fill `parameters` from the command line. None: go on; else the exit code.

    `--help` and `--version` end the process from within.
    """
    parser = _load_parser(extension)
    texts = (ctypes.c_char_p * (len(argv) + 1))(*(os.fsencode(text) for text in argv), None)
    is_sound = parser(
        len(argv),
        ctypes.cast(texts, ctypes.c_void_p),
        id(parameters) + _HEAD_BYTES,
        _EXAMPLE_SERVER,
        None,
    )
    return None if is_sound else 1


def _load_parser(extension: ModuleType) -> Any:
    parser = getattr(ctypes.CDLL(extension.__file__), _SYMBOL)
    parser.restype = ctypes.c_bool
    parser.argtypes = [
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_void_p,
    ]
    return parser


def _is_laid_out_as_expected(parameters: Any) -> bool:
    """Whether writing through Python shows up where llama.cpp will look for it."""
    fields = ("n_predict", "n_ctx", "n_batch", "n_ubatch")  # its first four, all int32
    for number, field in enumerate(fields, start=71):
        setattr(parameters, field, number)
    found = ctypes.string_at(id(parameters) + _HEAD_BYTES, 4 * len(fields))
    return found == b"".join(
        getattr(parameters, field).to_bytes(4, sys.byteorder, signed=True) for field in fields
    )
