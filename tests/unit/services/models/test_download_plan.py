"""Where files from a server go: whatever they are called, below the folder and takeable."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.downloads import HubFile, HubQuantization
from llama_desktop.domain.errors import DownloadRefused
from llama_desktop.services.models.download_plan import (
    make_target,
    plan_hub_download,
    plan_url_download,
)
from llama_desktop.services.models.hub_catalog import group_files
from llama_desktop.services.models.hub_link import read_hub_link

FOLDER = Path("/models")


def _file(path: str, size_bytes: int = 10) -> HubFile:
    return HubFile(path=path, size_bytes=size_bytes, sha256="a" * 64)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M.gguf"),
        ("UD/Qwen3-8B-00001-of-00002.gguf", "UD/Qwen3-8B-00001-of-00002.gguf"),
        ("../../etc/cron.d/x.gguf", "etc/cron.d/x.gguf"),
        ("/etc/x.gguf", "etc/x.gguf"),
        ("..\\..\\windows\\x.gguf", "windows/x.gguf"),
        ("CON.gguf", "_CON.gguf"),
        ("nul.x.gguf", "_nul.x.gguf"),
        ("com1/lpt9.gguf", "_com1/_lpt9.gguf"),
        ("a\0b.gguf", "a b.gguf"),
        ("a\u202egnp.gguf", "agnp.gguf"),
        ("x. .gguf", "x.gguf"),
        (".hidden.gguf", "hidden.gguf"),
        ("C:evil.gguf", "C evil.gguf"),
        ("a|b?.gguf", "a b.gguf"),
    ],
)
def test_a_name_from_a_server_becomes_one_that_every_system_takes(path: str, name: str) -> None:
    assert make_target(FOLDER, "acme/Tiny", path) == FOLDER / "acme" / "Tiny" / name


@given(st.text(max_size=400))
def test_nothing_leaves_the_folder_or_is_too_long(text: str) -> None:
    target = make_target(FOLDER, "acme/Tiny", f"{text}.gguf")

    assert target.is_relative_to(FOLDER / "acme" / "Tiny")
    assert target.suffix == ".gguf"
    assert ".." not in target.parts
    for part in target.relative_to(FOLDER).parts:
        assert len(part.encode()) <= 160
        assert not part.endswith((".", " "))
        assert "\0" not in part


def test_a_plan_has_the_vision_part_first_and_the_file_to_load_last() -> None:
    parts = (_file("a-Q4_0-00001-of-00002.gguf"), _file("a-Q4_0-00002-of-00002.gguf"))
    quantization = HubQuantization(name="Q4_0", size_bytes=20, files=parts)
    projector = _file("mmproj-F16.gguf")

    plan = plan_hub_download(
        "1",
        repo="acme/a-GGUF",
        urls={file.path: f"https://x/{file.path}" for file in (*parts, projector)},
        quantization=quantization,
        projector=projector,
        folder=FOLDER,
    )

    assert [file.target.name for file in plan.files] == [
        "mmproj-F16.gguf",
        "a-Q4_0-00002-of-00002.gguf",
        "a-Q4_0-00001-of-00002.gguf",
    ]
    assert (plan.title, plan.quantization, plan.size_bytes) == ("a", "Q4_0", 30)


def test_a_model_with_parts_missing_is_not_fetched() -> None:
    quantization = HubQuantization(
        name="Q4_0", size_bytes=1, files=(_file("a-00001-of-00002.gguf"),), missing_parts=(2,)
    )

    with pytest.raises(DownloadRefused, match="lacks parts of this model: 2"):
        plan_hub_download(
            "1", repo="a/b", urls={}, quantization=quantization, projector=None, folder=FOLDER
        )


def test_a_file_from_an_address_is_named_by_its_last_part() -> None:
    url = httpx.URL("https://example.org/x/My%20Model-Q4_0.gguf?download=true")

    plan = plan_url_download("1", url=url, size_bytes=5, folder=FOLDER)

    assert plan.files[0].target == FOLDER / "My Model-Q4_0.gguf"
    assert plan.title == "My Model"


def test_files_are_grouped_by_quantisation_with_vision_parts_apart() -> None:
    quantizations, projectors = group_files(
        [
            _file("m-Q8_0.gguf", 80),
            _file("m-Q4_K_M.gguf", 40),
            _file("BF16/m-BF16-00002-of-00002.gguf", 70),
            _file("BF16/m-BF16-00001-of-00002.gguf", 90),
            _file("mmproj-m-F32.gguf", 9),
            _file("mmproj-m-BF16.gguf", 4),
            _file("mmproj-m-F16.gguf", 5),
            _file("other-Q8_0.gguf", 81),
        ]
    )

    assert [(one.name, one.size_bytes, len(one.files)) for one in quantizations] == [
        ("Q4_K_M", 40, 1),
        ("m-Q8_0", 80, 1),
        ("other-Q8_0", 81, 1),
        ("BF16", 160, 2),
    ]
    assert [file.path for file in projectors] == [
        "mmproj-m-F16.gguf",
        "mmproj-m-BF16.gguf",
        "mmproj-m-F32.gguf",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://huggingface.co/acme/Tiny-GGUF", ("acme/Tiny-GGUF", None)),
        ("https://huggingface.co/acme/Tiny/tree/main", ("acme/Tiny", None)),
        ("https://hf.co/acme/Tiny/blob/main/a/b.gguf?x=1", ("acme/Tiny", "a/b.gguf")),
        ("https://mirror.example/acme/Tiny/resolve/abc/b.gguf", ("acme/Tiny", "b.gguf")),
        ("https://huggingface.co/acme", None),
        ("https://huggingface.co/../..", None),
        ("https://example.org/acme/Tiny", None),
        ("gemma 3", None),
        ("", None),
    ],
)
def test_addresses_of_the_hub_are_read(text: str, found: tuple[str, str | None] | None) -> None:
    assert read_hub_link(text, "mirror.example") == found
