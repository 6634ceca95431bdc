"""Is a llama-server: the same command line, log, signals and exit codes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Any, Final

from llama_desktop.infrastructure.llama.engine.extension import import_extension
from llama_desktop.infrastructure.llama.engine.lifeline import die_with_parent
from llama_desktop.infrastructure.llama.engine.native_arguments import (
    can_parse_natively,
    parse_natively,
)
from llama_desktop.infrastructure.llama.engine.table_arguments import parse_by_table

_AUTO_SLOTS: Final = 4


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop, which ends the process.

    Returns the exit code where it comes to nothing. The caller ends with it in the ordinary way:
    llama.cpp's log has a thread of its own, and only so are its last words, the reason, written.
    """
    die_with_parent()
    extension = import_extension()
    parameters = extension.CommonParams()
    parse = parse_natively if can_parse_natively(extension) else parse_by_table
    code = parse(extension, ["llama-server", *arguments], parameters)
    if code is not None:
        return code
    _complete(parameters)
    return _serve(extension, parameters)


def _complete(parameters: Any) -> None:
    """What llama-server itself does between reading its arguments and starting."""
    if parameters.n_parallel < 0:
        parameters.n_parallel = _AUTO_SLOTS
        parameters.kv_unified = True
    if parameters.embedding and parameters.n_batch > parameters.n_ubatch:
        parameters.n_batch = parameters.n_ubatch
    parameters.ui = False


def _serve(extension: Any, parameters: Any) -> int:
    # Loading holds the global lock, so that no handler of Python's would run until it is over:
    # the default action ends a load at once, as it does with llama-server.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        server = extension.Server(parameters)
    except (RuntimeError, ValueError) as error:
        print(f"E srv  llama_server: {error}", file=sys.stderr)  # noqa: T201 - this is the log
        return 1
    _wait_for_signal()
    # The server is left, not deleted: that would wait until every client has closed its stream.
    assert server is not None
    os._exit(0)


def _wait_for_signal() -> None:
    """Until SIGINT or SIGTERM.

    Waited for at a pipe that the signal handler itself writes to: a lock would not notice a
    signal that came just before, or that another thread was given.
    """
    if sys.platform == "win32":
        threading.Event().wait()  # for ever: it is ended from outside
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _note)
    os.read(reader, 1)


def _note(number: int, frame: FrameType | None) -> None:
    """A handler there must be, for the signal to be written to the pipe."""
