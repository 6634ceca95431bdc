"""Asks a program once whether it is a llama-server, and what it can be told."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.infrastructure.llama.command_line import Capabilities, read_capabilities
from llama_desktop.infrastructure.llama.exit_words import describe_exit, nt_status, signal_name
from llama_desktop.infrastructure.llama.load_reports import REPORT
from llama_desktop.infrastructure.llama.process_group import spawn

_SECONDS: Final = 15.0
_DRAIN_SECONDS: Final = 2.0
_LARGEST_OUTPUT: Final = 4 * 1024 * 1024
_NEEDED: Final = frozenset({"-m", "--host", "--port", "--alias"})
_OF_ANY_AGE: Final = frozenset({"-m", "--host", "--port", "--ctx-size"})
_VERSION: Final = re.compile(r"^version:\s*(.+?)\s*$", re.MULTILINE)


class Unusable(Exception):
    """The candidate is no llama-server that we can run."""

    def __init__(
        self, reason: str, *, exit_code: int | None = None, output: str = "", number: int = 0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        """Goes on after a colon: no capital, no full stop."""
        self.exit_code = exit_code
        self.output = output
        """What it said, where it ran at all."""
        self.errno = number or None


class Probed(Struct, frozen=True):
    """What a usable program says about itself."""

    version: str
    capabilities: Capabilities


_Key = tuple[Path, int, int]


class Prober:
    """Remembers each program by path, size and time of change. One for the life of the app."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        """The environment and the folder that a program is run with."""
        self._environment = environment
        self._folder = folder
        self._known: dict[_Key, Probed] = {}

    async def probe(self, path: Path) -> Probed:
        """Both questions are asked at the same time; a program that hangs is ended.

        Raises:
            Unusable: it cannot be run, or is something else.
        """
        status = await asyncio.to_thread(_require_program, path)
        key = (path, status.st_size, status.st_mtime_ns)
        if key not in self._known:
            self._known[key] = await self._ask_both(path)
        return self._known[key]

    async def _ask_both(self, path: Path) -> Probed:
        try:
            async with asyncio.TaskGroup() as tasks:
                version = tasks.create_task(self._ask(path, "--version"), name="probe version")
                help_text = tasks.create_task(self._ask_help(path), name="probe help")
        except ExceptionGroup as group:
            raise _first(group) from None
        capabilities = read_capabilities(help_text.result())
        if missing := ", ".join(sorted(_NEEDED - capabilities.flags)):
            if capabilities.flags >= _OF_ANY_AGE:
                raise Unusable(
                    f"it is too old: it does not know {missing}. Take one of 2025 or later"
                )
            raise Unusable(f"it is no llama-server: it does not know {missing}")
        found = _VERSION.search(version.result())
        return Probed(
            version=found.group(1) if found else "not available",
            capabilities=replace(
                capabilities, reports_load=await asyncio.to_thread(_reports_load, path)
            ),
        )

    async def _ask_help(self, path: Path) -> str:
        """Those of 2024 end it with 1."""
        try:
            return await self._ask(path, "--help")
        except Unusable as unusable:
            if unusable.exit_code == 1 and read_capabilities(unusable.output).flags >= _OF_ANY_AGE:
                return unusable.output
            raise

    async def _ask(self, path: Path, question: str) -> str:
        command = (str(path), question)
        return await ask_program(command, environment=self._environment, folder=self._folder)


async def ask_program(
    command: tuple[str, ...], *, environment: Mapping[str, str], folder: Path
) -> str:
    """What a program prints for the question that its command line ends with.

    Raises:
        Unusable: it cannot be run, fails, or gives no answer in time.
    """
    pieces: list[bytes] = []
    try:
        group = await spawn(
            command,
            environment=environment,
            folder=folder,
            on_output=lambda _, piece: pieces.append(piece),
        )
    except OSError as error:
        raise Unusable(_explain(error), number=error.errno or 0) from error
    try:
        async with asyncio.timeout(_SECONDS):
            code = await group.wait()
            await group.drain(_DRAIN_SECONDS)
    except TimeoutError:
        raise Unusable(f"it does not answer to {command[-1]}") from None
    finally:
        await group.kill()
    output = b"".join(pieces)[:_LARGEST_OUTPUT].decode("utf-8", "replace")
    if signal_name(code) or nt_status(code):
        words = f"it crashes at once: {describe_exit(code)}"
        raise Unusable(words, exit_code=code, output=output)
    if code != 0:
        last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
        raise Unusable(
            f"it ends with {describe_exit(code)}{f': {last.strip()}' if last else ''}",
            exit_code=code,
            output=output,
        )
    return output


def _first(group: ExceptionGroup[Exception]) -> Exception:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first


def _require_program(path: Path) -> os.stat_result:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise Unusable("there is no such file") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not path.is_file():
        raise Unusable("it is no file")
    if not os.access(path, os.X_OK):
        raise Unusable("it is not executable")
    return status


def _reports_load(path: Path) -> bool:
    """Whether the program, or a library of its server beside it, has those words.

    Its help does not tell; an older one that took us for its parent would leave at once.
    """
    beside = (other for other in path.parent.glob("*llama*server*") if other != path)
    return any(_has_words(file, REPORT.encode()) for file in (path, *beside))


def _has_words(path: Path, words: bytes) -> bool:
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            return content.find(words) >= 0
    except (OSError, ValueError):  # a folder, or an empty file
        return False


def _explain(error: OSError) -> str:
    """Of an error that starting a program gives."""
    if error.errno == errno.ENOEXEC or getattr(error, "winerror", None) in (193, 216):
        return "it is damaged, or was built for another kind of machine"
    if error.errno == errno.ENOENT:
        return "something that it needs to start is missing: its interpreter or loader"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "the system does not allow to run it"
    return f"it cannot be started: {error.strerror or error}"
