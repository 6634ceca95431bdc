"""Why a server failed, in words: from what real ones have said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_desktop.domain.llama import FailureCause, ServerFailure
from llama_desktop.infrastructure.llama.exit_words import describe_exit
from llama_desktop.infrastructure.llama.failure import diagnose

BROKEN = json.loads((Path(__file__).parents[3] / "samples" / "broken-gguf.json").read_text())
RECORDED = [
    pytest.param(case[engine], id=f"{engine}-{case['file']}")
    for case in BROKEN
    for engine in ("real", "emb")
    if case[engine]["rc"] == 1
]


def judge(exit_code: int, *lines: str, while_loading: bool = True) -> ServerFailure:
    return diagnose(
        exit_code, lines, model_name="llama.gguf", while_loading=while_loading, time=1.0
    )


@pytest.mark.parametrize("recorded", RECORDED)
def test_every_damaged_file_is_told_as_a_bad_model(recorded: dict[str, object]) -> None:
    errors = recorded["first_errors"]
    assert isinstance(errors, list)
    failure = judge(1, "0.00.000.100 I srv: loading", *errors, str(recorded["last"]))
    assert failure.cause is FailureCause.BAD_MODEL
    assert failure.exit_words == "exit code 1"
    assert failure.message.endswith(".")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("E gguf_init_from_reader: failed to read magic", "is empty"),
        ("E gguf_init: invalid magic characters: '<!DO', expected 'GGUF'", "is not a GGUF file"),
        ("E gguf: this GGUF file is version 99 but this software only supports up to version 3",
         "version 99 of GGUF"),
        ("E gguf: GGUFv1 is no longer supported, please use", "old version"),
        ("E llama: tensor 'x' data is not within the file bounds, model is corrupted", "cut off"),
        ("E llama_model_load: error loading model: unknown model architecture: 'martian'",
         "“martian”"),
        ("E llama_model_load: error loading model: check_tensor_dims: tensor 'x' not found",
         "damaged or incomplete"),
    ],
)  # fmt: skip
def test_the_kind_of_damage_is_named(line: str, words: str) -> None:
    failure = judge(1, line, "E srv llama_server: exiting due to model loading error")
    assert (failure.cause, words in failure.message) == (FailureCause.BAD_MODEL, True)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 80",
         FailureCause.PORT_TAKEN),
        ("error: invalid argument: --bogus", FailureCause.BAD_ARGUMENT),
        ("E llama_init: failed to allocate buffer for kv cache", FailureCause.OUT_OF_MEMORY),
        ("E ggml: cudaMalloc failed: out of memory", FailureCause.OUT_OF_MEMORY),
        ("x: error while loading shared libraries: libgomp.so.1: cannot open shared object file",
         FailureCause.MISSING_LIBRARY),
    ],
)  # fmt: skip
def test_other_reasons_are_told_by_their_words(line: str, cause: FailureCause) -> None:
    after = "E srv llama_server: exiting due to model loading error"
    assert judge(1, line, after).cause is cause


def test_the_argument_and_the_library_are_named() -> None:
    assert "--bogus" in judge(1, "error: invalid argument: --bogus").message
    failure = judge(127, "x: error while loading shared libraries: libgomp.so.1: cannot open")
    assert "libgomp.so.1" in failure.message


@pytest.mark.parametrize(
    ("code", "cause", "words"),
    [
        (-6, FailureCause.CRASHED, "SIGABRT (it gave up on an internal error)"),
        (-11, FailureCause.CRASHED, "SIGSEGV (invalid memory access)"),
        (-4, FailureCause.CRASHED, "SIGILL (an instruction that this processor does not have)"),
        (-9, FailureCause.KILLED, "SIGKILL (killed from outside)"),
        (-15, FailureCause.KILLED, "SIGTERM (told to end from outside)"),
        (0xC0000005, FailureCause.CRASHED,
         "0xC0000005 STATUS_ACCESS_VIOLATION (invalid memory access)"),
        (0xC0000005 - 2**32, FailureCause.CRASHED,
         "0xC0000005 STATUS_ACCESS_VIOLATION (invalid memory access)"),
        (0xC0000135, FailureCause.MISSING_LIBRARY,
         "0xC0000135 STATUS_DLL_NOT_FOUND (a library is missing)"),
        (0xC0000409, FailureCause.CRASHED,
         "0xC0000409 STATUS_STACK_BUFFER_OVERRUN (it gave up on an internal error)"),
        (0xC0001234, FailureCause.CRASHED, "0xC0001234"),
        (0, FailureCause.ENDED, "exit code 0"),
        (3, FailureCause.UNKNOWN, "exit code 3"),
    ],
)  # fmt: skip
def test_the_exit_code_is_told_in_words(code: int, cause: FailureCause, words: str) -> None:
    failure = judge(code, while_loading=False)
    assert (failure.cause, failure.exit_words) == (cause, words)


def test_a_crash_is_a_crash_whatever_was_complained_of_before() -> None:
    failure = judge(-6, "E error loading model: something", "GGML_ASSERT(n > 0) failed")
    assert failure.cause is FailureCause.CRASHED
    assert failure.log_tail == ("E error loading model: something", "GGML_ASSERT(n > 0) failed")


def test_an_unknown_signal_has_its_number() -> None:
    assert describe_exit(-63).startswith("signal") or describe_exit(-63).startswith("SIG")


def test_without_error_lines_the_last_lines_are_the_evidence() -> None:
    lines = [f"0.00.001.000 I line {number}" for number in range(20)]
    assert judge(3, *lines).log_tail == tuple(lines[-8:])


def test_error_lines_come_before_chatter() -> None:
    failure = judge(1, "0.00.1 E srv: the reason", *["0.00.2 I srv: cleaning up"] * 20)
    assert failure.log_tail == ("0.00.1 E srv: the reason",)
