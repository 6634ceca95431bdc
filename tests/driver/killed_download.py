"""A download whose app is killed again and again: what came twice, and is the file right?"""

from __future__ import annotations

import random
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from driver.running_app import RunningApp, running_app
from fakes.fake_hub import FakeHub, fake_hub, make_content
from llama_desktop.infrastructure.download.part_file import count_done_bytes

_REPO = "acme/Tiny-GGUF"
_MODEL = "Tiny-Q4_0.gguf"
_PATIENCE_SECONDS = 60.0
_PAGE = 4096


@dataclass
class KillReport:
    """What was seen."""

    kills: int = 0
    noted_bytes: list[int] = field(default_factory=list)
    """What the app knows of after each kill."""
    lost_bytes: list[int] = field(default_factory=list)
    """What had come to the disk by each kill, and is fetched again all the same."""
    twice_bytes: int = 0
    """What the server sent beyond the file's size, in all: also what never reached the app."""
    is_right: bool = False
    left_over: list[str] = field(default_factory=list)


def kill_download(folder: Path, *, kills: int, seed: int, size_bytes: int) -> KillReport:
    """Download one file with that many kills at random moments, then to its end."""
    chance = random.Random(seed)
    content = make_content(size_bytes)
    target = folder / "models" / "acme" / "Tiny-GGUF" / _MODEL
    report = KillReport()
    with fake_hub() as hub:
        hub.add(_REPO)[_MODEL] = content
        hub.behaviour.bytes_per_second = 2_000_000
        for number in range(kills):
            enough = hub.when_sent(int(chance.uniform(0.0, 1.4 * size_bytes / kills)))
            with _start(folder, hub) as app:
                if number == 0:
                    app.invoke("start_download", repo=_REPO, quantization="Q4_0")
                assert enough.wait(_PATIENCE_SECONDS), "the download stands still"
                app.kill()
            report.kills += 1
            noted = count_done_bytes(target, size_bytes)
            report.noted_bytes.append(noted)
            report.lost_bytes.append(_right_bytes(target, content) - noted)
        hub.behaviour.bytes_per_second = None
        with _start(folder, hub) as app, app.listen("models") as events:
            events.until("models", lambda library: len(library["models"]) == 1)
        report.is_right = target.read_bytes() == content
        report.left_over = [path.name for path in target.parent.iterdir() if path != target]
        report.twice_bytes = hub.sent_bytes() - size_bytes
    return report


def _start(folder: Path, hub: FakeHub) -> AbstractContextManager[RunningApp]:
    return running_app(folder, environment={"HF_ENDPOINT": hub.url})


def _right_bytes(target: Path, content: bytes) -> int:
    """How much of the part is as it will be, whatever its map says."""
    part = target.with_name(f"{target.name}.part").read_bytes()
    return sum(
        min(_PAGE, len(content) - start)
        for start in range(0, len(part), _PAGE)
        if part[start : start + _PAGE] == content[start : start + _PAGE]
    )
