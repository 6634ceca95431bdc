"""Finds the llama-server to use, and says of each that is not usable why."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.failure import Ending
from llama_desktop.domain.llama import Engine, EngineKind
from llama_desktop.infrastructure.llama.command_line import Capabilities
from llama_desktop.infrastructure.llama.engine.command import (
    embedded_command,
    embedded_flags,
    embedded_version,
    find_embedded,
)
from llama_desktop.infrastructure.llama.probe import Prober, Unusable

NAME: Final = "llama-server.exe" if sys.platform == "win32" else "llama-server"
_USUAL_PLACES: Final = ("", "build/bin", "build/bin/Release", "bin")
"""Where a llama.cpp folder has its programs."""


class Candidate(Struct, frozen=True):
    """A place where a llama-server may be."""

    source: str
    """In words."""
    path: Path
    is_chosen: bool
    """The person named it: then nothing else is taken in its stead."""


class Rejected(Struct, frozen=True):
    """A candidate that cannot be used."""

    candidate: Candidate
    reason: str


class FoundEngine(Struct, frozen=True):
    """The llama-server to use."""

    engine: Engine
    command: tuple[str, ...]
    """The program, and what comes before llama-server's own arguments."""
    capabilities: Capabilities
    rejected: tuple[Rejected, ...]
    """What came before it in the order and could not be used."""


class EngineFinder:
    """Looks in the places where a llama-server may be, one after the other.

    In the order: `--llama-server`; the setting; `LLAMA_SERVER`; beside our executable; the
    `engines` folder; `PATH`; the embedded engine. A llama.cpp folder will do wherever a file will.
    """

    def __init__(
        self,
        *,
        from_command_line: Path | None,
        from_settings: Callable[[], Path | None],
        engines_folder: Path,
        prober: Prober,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """`from_settings` is asked each time: settings change while the app runs."""
        self._from_command_line = from_command_line
        self._from_settings = from_settings
        self._engines_folder = engines_folder
        self._prober = prober
        self._environment = environment

    async def find_server(self) -> FoundEngine:
        """The first that is usable.

        Raises:
            EngineNotFound: none is, or not the one that the person chose.
        """
        rejected: list[Rejected] = []
        for candidate in await asyncio.to_thread(lambda: tuple(self._candidates())):
            try:
                found = await self._try(candidate)
            except Unusable as unusable:
                rejected.append(Rejected(candidate, unusable.reason))
                if candidate.is_chosen:
                    raise _chosen_is_unusable(candidate, unusable) from unusable
                continue
            return replace(found, rejected=tuple(rejected))
        return _embedded(tuple(rejected))

    async def _try(self, candidate: Candidate) -> FoundEngine:
        path = await asyncio.to_thread(_resolve, candidate.path)
        probed = await self._prober.probe(path)
        engine = Engine(
            kind=EngineKind.EXTERNAL,
            path=path,
            version=probed.version,
            source=candidate.source,
        )
        return FoundEngine(engine, (str(path),), probed.capabilities, ())

    async def survey(self) -> tuple[FoundEngine | Rejected, ...]:
        """Every place that has one, in the order in which they are tried, usable or not."""
        found: list[FoundEngine | Rejected] = []
        for candidate in await asyncio.to_thread(lambda: tuple(self._candidates())):
            try:
                found.append(await self._try(candidate))
            except Unusable as unusable:
                found.append(Rejected(candidate, unusable.reason))
        with suppress(EngineNotFound):
            found.append(_embedded(()))
        return tuple(found)

    async def find(self, *, is_built_in: bool) -> FoundEngine:
        """The embedded engine, whatever else there is; else as `find_server`.

        Raises:
            EngineNotFound: this app carries none; or as `find_server`.
        """
        return _embedded(()) if is_built_in else await self.find_server()

    def _candidates(self) -> Iterator[Candidate]:
        if self._from_command_line is not None:
            yield Candidate("--llama-server", self._from_command_line, is_chosen=True)
        if chosen := self._from_settings():
            yield Candidate("the settings", chosen, is_chosen=True)
        if named := self._environment.get("LLAMA_SERVER"):
            yield Candidate("LLAMA_SERVER", Path(named).expanduser(), is_chosen=True)
        if getattr(sys, "frozen", False):
            beside = Path(sys.executable).parent / NAME
            if beside.exists():
                yield Candidate("beside the app", beside, is_chosen=False)
        if self._engines_folder.is_dir():
            yield from _in_engines_folder(self._engines_folder)
        if on_path := shutil.which(NAME, path=self._environment.get("PATH")):
            yield Candidate("PATH", Path(on_path), is_chosen=False)


def _in_engines_folder(folder: Path) -> Iterator[Candidate]:
    """The newest first, by name: llama.cpp's releases are numbered."""
    places = [folder, *sorted(folder.iterdir(), key=lambda path: path.name, reverse=True)]
    for place in places:
        if place.is_dir() and _find_in_folder(place) is not None:
            yield Candidate("the engines folder", place, is_chosen=False)


def _resolve(path: Path) -> Path:
    """The program itself, also when its llama.cpp folder was named."""
    if not path.is_dir():
        return path
    found = _find_in_folder(path)
    if found is None:
        places = ", ".join(place or "the folder itself" for place in _USUAL_PLACES)
        raise Unusable(f"it is a folder without {NAME} in it (looked in {places})")
    return found


def _find_in_folder(folder: Path) -> Path | None:
    places = (folder / place / NAME for place in _USUAL_PLACES)
    return next((path for path in places if path.is_file()), None)


def _embedded(rejected: tuple[Rejected, ...]) -> FoundEngine:
    path = find_embedded()
    if path is None:
        raise EngineNotFound(
            "No llama-server was found. Install llama.cpp, or choose its llama-server in the "
            "settings.",
            candidates=_describe(rejected),
        )
    engine = Engine(
        kind=EngineKind.EMBEDDED,
        path=path,
        version=embedded_version(),
        source="built in",
    )
    capabilities = Capabilities(
        embedded_flags(),
        reports_load=True,
        has_trace_level=True,
        fits_memory=True,
        goes_back=True,
    )
    return FoundEngine(engine, embedded_command(), capabilities, rejected)


def _chosen_is_unusable(candidate: Candidate, unusable: Unusable) -> EngineNotFound:
    reason = unusable.reason
    ending = Ending(
        exit_code=unusable.exit_code,
        while_loading=True,
        time=time.time(),
        command=(str(candidate.path),),
        engine_path=candidate.path,
        lines=tuple(unusable.output.splitlines()),
        start_error=None if unusable.exit_code is not None else reason,
        start_errno=unusable.errno,
    )
    return EngineNotFound(
        f"The llama-server from {candidate.source} cannot be used: {candidate.path}: {reason}. "
        "Choose another one, or none to use the built-in engine.",
        candidates=_describe((Rejected(candidate, reason),)),
        ending=ending,
    )


def _describe(rejected: tuple[Rejected, ...]) -> list[dict[str, str]]:
    return [
        {"source": each.candidate.source, "path": str(each.candidate.path), "reason": each.reason}
        for each in rejected
    ]
