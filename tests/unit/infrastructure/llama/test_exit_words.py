"""How a process ended, in words."""

from __future__ import annotations

import pytest

from llama_desktop.infrastructure.llama.exit_words import describe_exit


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-6, "SIGABRT (it gave up on an internal error)"),
        (-4, "SIGILL (an instruction that this processor does not have)"),
        (-9, "SIGKILL (killed from outside)"),
        (0xC0000005, "0xC0000005 STATUS_ACCESS_VIOLATION (invalid memory access)"),
        (0xC0000005 - 2**32, "0xC0000005 STATUS_ACCESS_VIOLATION (invalid memory access)"),
        (0xC0000135, "0xC0000135 STATUS_DLL_NOT_FOUND (a library is missing)"),
        (0xC0001234, "0xC0001234"),
        (0, "exit code 0"),
        (3, "exit code 3"),
    ],
)
def test_the_exit_code_is_told_in_words(code: int, words: str) -> None:
    assert describe_exit(code) == words


def test_an_unknown_signal_has_its_number() -> None:
    assert describe_exit(-63).startswith(("signal", "SIG"))
