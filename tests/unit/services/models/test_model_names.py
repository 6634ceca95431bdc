"""What the names of GGUF files say."""

from __future__ import annotations

import pytest

from llama_desktop.services.models.model_names import read_name


@pytest.mark.parametrize(
    ("file_name", "name", "quantization"),
    [
        ("Qwen2.5-7B-Instruct-Q4_K_M.gguf", "Qwen2.5-7B-Instruct", "Q4_K_M"),
        ("llama-3.1-8b.Q8_0.gguf", "llama-3.1-8b", "Q8_0"),
        ("gemma-3-4b-it-UD-Q4_K_XL.gguf", "gemma-3-4b-it", "UD-Q4_K_XL"),
        ("Mistral-7B-IQ2_XXS.gguf", "Mistral-7B", "IQ2_XXS"),
        ("Mistral-7B-IQ4_NL.gguf", "Mistral-7B", "IQ4_NL"),
        ("phi-4-f16.gguf", "phi-4", "F16"),
        ("gpt-oss-20b-MXFP4.gguf", "gpt-oss-20b", "MXFP4"),
        ("bitnet-TQ1_0.gguf", "bitnet", "TQ1_0"),
        ("model-BF16.GGUF", "model", "BF16"),
        ("model-Q4_0_4_8.gguf", "model", "Q4_0_4_8"),
        ("tiny.gguf", "tiny", None),
        ("Q4_K_M.gguf", "Q4_K_M", None),
        ("Faq16.gguf", "Faq16", None),
    ],
)
def test_name_and_quantization(file_name: str, name: str, quantization: str | None) -> None:
    read = read_name(file_name)
    assert (read.name, read.quantization) == (name, quantization)


def test_parts_of_a_split_model_share_their_stem() -> None:
    first = read_name("Big-Q4_K_M-00001-of-00003.gguf")
    third = read_name("Big-Q4_K_M-00003-of-00003.gguf")
    assert first.stem == third.stem == "Big-Q4_K_M"
    assert (first.name, first.quantization) == ("Big", "Q4_K_M")
    assert (third.part, third.part_count) == (3, 3)


def test_numbers_that_make_no_sense_are_part_of_the_name() -> None:
    assert read_name("x-00005-of-00003.gguf").part_count == 1


@pytest.mark.parametrize(
    ("file_name", "is_projector"),
    [
        ("mmproj-model-f16.gguf", True),
        ("mmproj.gguf", True),
        ("Qwen2-VL-mmproj-F32.gguf", True),
        ("MMPROJ-x.gguf", True),
        ("mmprojector-tale.gguf", False),
        ("model.gguf", False),
    ],
)
def test_projectors_are_known_by_name(file_name: str, is_projector: bool) -> None:
    assert read_name(file_name).is_projector is is_projector
