"""Our values to JSON and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_desktop.bridge.codec import Success, decode, encode
from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.llama import ServerConfig, Starting, Stopped


def test_a_path_is_a_string_on_the_wire() -> None:
    config = ServerConfig(model_path=Path("/models/a.gguf"))

    raw = encode(config)

    assert json.loads(raw)["model_path"] == "/models/a.gguf"
    assert decode(raw, ServerConfig) == config


def test_a_file_name_that_is_no_utf8_does_not_break_the_answer() -> None:
    config = ServerConfig(model_path=Path("/models/\udcff.gguf"))

    assert json.loads(encode(config))["model_path"] == "/models/?.gguf"


def test_a_union_is_told_apart_by_its_type() -> None:
    starting = Starting(config=ServerConfig(model_path=Path("m")), since=1.0)

    assert json.loads(encode(Success(starting)))["value"]["type"] == "starting"
    assert json.loads(encode(Stopped())) == {"type": "stopped"}


@pytest.mark.parametrize(
    ("raw", "tells"),
    [
        (b"{", "truncated"),
        (b"[]", "object"),
        (b"{}", "model_path"),
        (b'{"model_path": 3}', "$.model_path"),
        (b'{"model_path": "m", "context_size": "big"}', "$.context_size"),
        (b'{"model_path": "m\\u0000"}', "NUL"),
        (b'"\xff\xfe"', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_what_does_not_fit_is_a_bad_request_that_says_where(raw: bytes, tells: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode(raw, ServerConfig)

    assert tells in refused.value.message
