"""A file that is not whole yet: `NAME.part`, and beside it which of its blocks are here.

The blocks are noted in `NAME.part.map` after they were written, one byte for each, so that a
killed app loses nothing that is noted. A power cut may lose what the system had not yet brought to
the disk: blocks count as safe only after a sync, and after a restart of the machine only safe ones
are believed.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, Final

import msgspec
import psutil
from msgspec import Struct

from llama_desktop.infrastructure.storage.atomic_file import replace

BLOCK_BYTES: Final = 128 << 10
"""With four connections, a kill loses half a megabyte at most."""
_SYNC_BLOCKS: Final = (64 << 20) // BLOCK_BYTES
_HEAD_BYTES: Final = 1024
_WRITTEN: Final = 1
_SAFE: Final = 2
_READ_BYTES: Final = 4 << 20
PART_SUFFIX: Final = ".part"
_MAP_SUFFIX: Final = ".part.map"


class _Head(Struct, frozen=True, kw_only=True):
    size_bytes: int
    block_bytes: int = BLOCK_BYTES
    boot: str
    identity: str | None = None
    """What the server called the content; another name means another content."""
    is_verified: bool = False


class PartFile:
    """The part of one file and its map. Calls block; several threads may write at once."""

    def __init__(self, target: Path, size_bytes: int) -> None:
        self.target: Final = target
        self.size_bytes: Final = size_bytes
        self.path: Final = target.with_name(target.name + PART_SUFFIX)
        self._map_path = target.with_name(target.name + _MAP_SUFFIX)
        self._lock = threading.Lock()
        self._file: Any = None
        self._map: Any = None
        self._head = _Head(size_bytes=size_bytes, boot=_boot())
        self._blocks = bytearray(-(-size_bytes // BLOCK_BYTES))
        self._filled: dict[int, int] = {}
        self._front = 0
        self._unsafe: list[int] = []
        self.done_bytes = 0
        """Of all blocks that are noted."""
        self.generation = 0
        """Another one after each new beginning."""

    @property
    def identity(self) -> str | None:
        """What the server called the content; None: nothing has come yet."""
        return self._head.identity

    @property
    def is_verified(self) -> bool:
        """Whether the whole was compared with the published SHA-256."""
        return self._head.is_verified

    @property
    def front_bytes(self) -> int:
        """How far everything from the start is here."""
        return min(self._front * BLOCK_BYTES, self.size_bytes)

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return self._front == len(self._blocks)

    def open(self) -> None:
        """Go on where the map says, or begin anew.

        Raises:
            OSError: it cannot be made, or the disk is full.
        """
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._file = _open(self.path)
        self._map = _open(self._map_path)
        if not self._take_over():
            self.reset()

    def close(self) -> None:
        """Let go of both files; what is here is brought to the disk first."""
        try:
            if self._file is not None and not self.is_verified:
                self.sync()
        finally:
            with self._lock:
                for file in (self._file, self._map):
                    if file is not None:
                        file.close()
                self._file = self._map = None

    def reset(self) -> None:
        """Begin anew with nothing."""
        with self._lock:
            self._blocks = bytearray(len(self._blocks))
            self._filled.clear()
            self._unsafe.clear()
            self.generation += 1
            self._front = self.done_bytes = 0
            self._file.truncate(0)
            self._file.truncate(self.size_bytes)
            self._map.truncate(0)
            self._write_head(_Head(size_bytes=self.size_bytes, boot=_boot()))
            self._map.truncate(_HEAD_BYTES + len(self._blocks))

    def name_content(self, identity: str) -> None:
        """Keep what the server calls the content."""
        with self._lock:
            self._write_head(msgspec.structs.replace(self._head, identity=identity))

    def mark_verified(self) -> None:
        """Keep that the whole is right."""
        self.sync()
        with self._lock:
            self._write_head(msgspec.structs.replace(self._head, is_verified=True))
            os.fsync(self._map.fileno())

    def missing(self, piece_bytes: int) -> list[tuple[int, int]]:
        """What is not here: pieces from start to end, in order, none larger than asked."""
        pieces: list[tuple[int, int]] = []
        step = max(piece_bytes // BLOCK_BYTES, 1)
        block = self._front
        while block < len(self._blocks):
            if self._blocks[block]:
                block += 1
                continue
            end = block
            while end < len(self._blocks) and not self._blocks[end] and end - block < step:
                end += 1
            pieces.append((block * BLOCK_BYTES, min(end * BLOCK_BYTES, self.size_bytes)))
            block = end
        return pieces

    def write(self, offset: int, content: bytes | bytearray) -> None:
        """Write at a place. Within a block, what comes follows what came.

        Raises:
            OSError: the disk is full, or gone.
        """
        with self._lock:
            if self._file is None:  # a write that was under way when the download was paused
                return
            _write_at(self._file, offset, content)
            self._note(offset, len(content))
            is_due = len(self._unsafe) >= _SYNC_BLOCKS
        if is_due:
            self.sync()

    def read(self, offset: int, end: int) -> bytes:
        """What is between two places, at most a few megabytes."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(min(end - offset, _READ_BYTES))

    def sync(self) -> None:
        """Bring everything to the disk; from then on it survives a power cut."""
        with self._lock:
            fresh, self._unsafe = self._unsafe, []
        if not fresh:
            return
        os.fsync(self._file.fileno())
        with self._lock:
            for number in fresh:
                if self._blocks[number] == _WRITTEN:
                    self._blocks[number] = _SAFE
            _write_at(self._map, _HEAD_BYTES, self._blocks)
            os.fsync(self._map.fileno())

    def finish(self) -> None:
        """Give the whole file its name, and remove the map.

        Raises:
            OSError: it cannot be renamed.
        """
        self.close()
        replace(self.path, self.target)
        self._map_path.unlink(missing_ok=True)

    def _take_over(self) -> bool:
        """Read the map; whether it belongs to this file."""
        try:
            head = msgspec.json.decode(self._map.read(_HEAD_BYTES).rstrip(b" \0"), type=_Head)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        blocks = self._map.read(len(self._blocks) + 1)
        is_ours = head.size_bytes == self.size_bytes and head.block_bytes == BLOCK_BYTES
        if not is_ours or len(blocks) != len(self._blocks):
            return False
        if os.fstat(self._file.fileno()).st_size != self.size_bytes:
            return False
        believed = _SAFE if head.boot != _boot() else _WRITTEN
        self._blocks = bytearray(state if state >= believed else 0 for state in blocks)
        self.done_bytes = sum(
            self._length(number) for number, state in enumerate(self._blocks) if state
        )
        self._advance()
        self._write_head(msgspec.structs.replace(head, boot=_boot()))
        _write_at(self._map, _HEAD_BYTES, self._blocks)
        self._unsafe = [number for number, state in enumerate(self._blocks) if state == _WRITTEN]
        return True

    def _note(self, offset: int, length: int) -> None:
        end = offset + length
        while offset < end:
            number = offset // BLOCK_BYTES
            start = number * BLOCK_BYTES
            step = min(end, start + BLOCK_BYTES) - offset
            if self._blocks[number] == 0 and self._filled.get(number, 0) >= offset - start:
                self._filled[number] = offset - start + step
                if self._filled[number] >= self._length(number):
                    self._complete(number)
            offset += step
        self._advance()

    def _complete(self, number: int) -> None:
        del self._filled[number]
        self._blocks[number] = _WRITTEN
        self.done_bytes += self._length(number)
        self._unsafe.append(number)
        _write_at(self._map, _HEAD_BYTES + number, bytes([_WRITTEN]))

    def _advance(self) -> None:
        while self._front < len(self._blocks) and self._blocks[self._front]:
            self._front += 1

    def _length(self, number: int) -> int:
        return min(BLOCK_BYTES, self.size_bytes - number * BLOCK_BYTES)

    def _write_head(self, head: _Head) -> None:
        self._head = head
        _write_at(self._map, 0, msgspec.json.encode(head).ljust(_HEAD_BYTES))


def _open(path: Path) -> Any:
    """Open for reading and writing, made where it is missing, never through a link."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)


def find_allocated_bytes(target: Path) -> int:
    """What the part of a file already takes on its disk; 0: there is none."""
    try:
        status = target.with_name(target.name + PART_SUFFIX).stat()
    except OSError:
        return 0
    blocks = getattr(status, "st_blocks", None)  # Windows has no such thing, and no holes either
    return status.st_size if blocks is None else min(blocks * 512, status.st_size)


def count_done_bytes(target: Path, size_bytes: int) -> int:
    """How much of a file its map notes, without opening the file."""
    try:
        blocks = target.with_name(target.name + _MAP_SUFFIX).read_bytes()[_HEAD_BYTES:]
    except OSError:
        return 0
    return min(sum(map(bool, blocks)) * BLOCK_BYTES, size_bytes)


def remove_parts(target: Path) -> None:
    """Remove what is here of a file, and no more than that.

    Raises:
        OSError: it stays.
    """
    for suffix in (PART_SUFFIX, _MAP_SUFFIX):
        target.with_name(target.name + suffix).unlink(missing_ok=True)


def _write_at(file: Any, offset: int, content: bytes | bytearray) -> None:
    """Write all of it: the last room of a disk takes a part, and refuses only the next one."""
    file.seek(offset)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _boot() -> str:
    """Another name after each start of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"
