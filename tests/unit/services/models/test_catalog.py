"""The list of models that is made of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_desktop.infrastructure.model_files import FoundFile
from llama_desktop.services.models.catalog import build_catalog, find_problem

_SOUND = b"GGUF\x03\x00\x00\x00"


def _file(path: str, head: bytes = _SOUND, size: int = 1000) -> FoundFile:
    return FoundFile(Path(path), size, head)


def test_models_come_by_name_whatever_their_case() -> None:
    models = build_catalog([_file("/m/b.gguf"), _file("/m/C.gguf"), _file("/x/a.gguf")])
    assert [model.name for model in models] == ["a", "b", "C"]


def test_the_parts_of_a_split_file_are_one_model() -> None:
    files = [_file(f"/m/big-Q4_0-0000{i}-of-00003.gguf", size=100 * i) for i in (3, 1, 2)]
    (model,) = build_catalog(files)
    assert model.path == Path("/m/big-Q4_0-00001-of-00003.gguf")
    assert (model.name, model.quantization) == ("big", "Q4_0")
    assert (model.size_bytes, model.part_count, model.missing_parts) == (600, 3, ())
    assert model.problem is None


def test_missing_parts_are_named() -> None:
    (model,) = build_catalog([_file("/m/big-00002-of-00003.gguf")])
    assert model.missing_parts == (1, 3)
    assert model.problem == "Of 3 parts these are missing: 1, 3."


def test_parts_in_two_folders_are_two_models() -> None:
    models = build_catalog(
        [_file("/a/big-00001-of-00002.gguf"), _file("/b/big-00002-of-00002.gguf")]
    )
    assert [model.missing_parts for model in models] == [(2,), (1,)]
    assert models[0].problem == "Part 2 of 2 is missing."


def test_a_projector_is_no_model_and_goes_with_the_models_of_its_folder() -> None:
    models = build_catalog(
        [
            _file("/m/llava.gguf"),
            _file("/m/mmproj-llava-f32.gguf"),
            _file("/m/mmproj-llava-f16.gguf"),
            _file("/other/plain.gguf"),
        ]
    )
    assert [(model.name, model.mmproj_path) for model in models] == [
        ("llava", Path("/m/mmproj-llava-f16.gguf")),
        ("plain", None),
    ]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (_file("/m/x.gguf", b"", 0), "empty"),
        (_file("/m/x.gguf", b"<!DOCTYPE html><html>"), "web page"),
        (_file("/m/x.gguf", b"version https://git-lfs.github.com/spec/v1\n"), "Git LFS"),
        (_file("/m/x.gguf", b'\x48\x01\0\0\0\0\0\0{"__metadata__"'), "safetensors"),
        (_file("/m/x.gguf", b"ggjt\x03"), "before GGUF"),
        (_file("/m/x.gguf", b"\0\0\0\0\0"), "zeros"),
        (_file("/m/x.gguf", b"GG"), "does not begin"),
        (FoundFile(Path("/m/x.gguf"), 5, b"", unreadable="permission denied"), "permission"),
    ],
)
def test_what_cannot_be_a_model_says_why(file: FoundFile, words: str) -> None:
    problem = find_problem(file)
    assert problem is not None
    assert words in problem
    assert problem.endswith(".")
