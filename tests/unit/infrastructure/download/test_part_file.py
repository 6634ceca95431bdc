"""A part and its map: what is noted is here, and what is not noted is fetched again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_desktop.infrastructure.download.pace import Pace
from llama_desktop.infrastructure.download.part_file import (
    BLOCK_BYTES,
    PartFile,
    count_done_bytes,
    remove_parts,
)

SIZE = 5 * BLOCK_BYTES + 1000


@pytest.fixture
def part(tmp_path: Path) -> Iterator[PartFile]:
    made = PartFile(tmp_path / "a" / "b.gguf", SIZE)
    made.open()
    yield made
    made.close()


def _again(part: PartFile) -> PartFile:
    part.close()
    again = PartFile(part.target, SIZE)
    again.open()
    return again


def test_a_new_part_lacks_everything(part: PartFile) -> None:
    assert part.missing(2 * BLOCK_BYTES) == [
        (0, 2 * BLOCK_BYTES),
        (2 * BLOCK_BYTES, 4 * BLOCK_BYTES),
        (4 * BLOCK_BYTES, SIZE),
    ]


def test_only_whole_blocks_are_noted_and_outlive_the_process(part: PartFile) -> None:
    part.write(BLOCK_BYTES, b"x" * (BLOCK_BYTES + 500))
    part.write(5 * BLOCK_BYTES, b"y" * 1000)

    again = _again(part)

    assert again.done_bytes == BLOCK_BYTES + 1000
    assert again.missing(SIZE) == [(0, BLOCK_BYTES), (2 * BLOCK_BYTES, 5 * BLOCK_BYTES)]
    assert count_done_bytes(part.target, SIZE) >= again.done_bytes
    again.close()


def test_what_comes_in_any_order_and_in_crumbs_is_whole_at_the_end(part: PartFile) -> None:
    content = random.Random(1).randbytes(SIZE)
    starts = list(range(0, SIZE, BLOCK_BYTES))
    random.Random(2).shuffle(starts)
    for start in starts:
        end = min(start + BLOCK_BYTES, SIZE)
        for crumb in range(start, end, 50_000):
            part.write(crumb, content[crumb : min(crumb + 50_000, end)])

    assert part.is_whole
    part.mark_verified()
    part.finish()
    assert part.target.read_bytes() == content
    assert [path.name for path in part.target.parent.iterdir()] == ["b.gguf"]


def test_a_map_of_another_file_is_not_believed(part: PartFile) -> None:
    part.write(0, b"x" * BLOCK_BYTES)
    part.close()

    other = PartFile(part.target, SIZE + 1)
    other.open()

    assert other.done_bytes == 0
    other.close()


@pytest.mark.parametrize("spoil", ["cut", "garbage", "gone", "part_gone"])
def test_a_spoilt_map_or_part_begins_anew(part: PartFile, spoil: str) -> None:
    part.write(0, b"x" * BLOCK_BYTES)
    part.close()
    map_path = part.path.with_name(part.path.name + ".map")
    if spoil == "cut":
        map_path.write_bytes(map_path.read_bytes()[:1026])
    elif spoil == "garbage":
        map_path.write_bytes(b"\xff" * 2000)
    elif spoil == "gone":
        map_path.unlink()
    else:
        part.path.unlink()

    again = _again(part)

    assert again.done_bytes == 0
    again.close()


def test_after_a_restart_of_the_machine_only_synced_blocks_are_believed(part: PartFile) -> None:
    part.write(0, b"x" * BLOCK_BYTES)
    part.sync()
    part.write(BLOCK_BYTES, b"x" * BLOCK_BYTES)
    map_path = part.path.with_name(part.path.name + ".map")
    noted = map_path.read_bytes()  # as a power cut leaves it
    part.close()
    map_path.write_bytes(noted[:1024].replace(b'"boot":"', b'"boot":"0')[:1024] + noted[1024:])

    again = PartFile(part.target, SIZE)
    again.open()

    assert again.done_bytes == BLOCK_BYTES
    again.close()


def test_a_link_in_place_of_a_part_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (tmp_path / "b.gguf.part").symlink_to(precious)
    part = PartFile(tmp_path / "b.gguf", SIZE)

    with pytest.raises(OSError, match=r"b\.gguf"):
        part.open()
    assert precious.read_bytes() == b"mine"


def test_removing_leaves_everything_else(part: PartFile) -> None:
    other = part.target.with_name("other.gguf")
    other.write_bytes(b"GGUF")
    part.close()

    remove_parts(part.target)

    assert list(part.target.parent.iterdir()) == [other]


def test_pauses_double_up_to_a_limit_and_keep_to_what_a_server_asks() -> None:
    pace = Pace()

    pauses = [pace.pause(attempt, None) for attempt in range(1, 12)]

    assert 0.5 <= pauses[0] <= 1
    assert all(pause <= 60 for pause in pauses)
    assert pauses[-1] >= 30
    assert pace.pause(1, 120.0) == 120
    assert pace.pause(1, 1e9) == 900
