"""Tiny GGUF models for tests and benchmarks: made on first use, kept in `.cache`.

`python tests/models/make.py` makes them all, for a look by hand. What writes them is imported only
when something must be made: numpy and gguf take half a second.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_VERSION: Final = 2
"""Count it up when what is written changes; older files are then made again."""
CACHE: Final = Path(__file__).parent / ".cache" / f"v{_VERSION}"


def chat_model() -> Path:
    """3 MB, thousands of tokens a second; readable Markdown with Unicode, ends by itself."""
    return _file("tiny-fast.gguf", lambda path: _write_llama(path, "Tiny Fast Test"))


def think_model() -> Path:
    """Like `chat_model`, but thinks before it answers."""
    return _file("tiny-think.gguf", lambda path: _write_llama(path, "Tiny Think Test", thinks=True))


def citing_model() -> Path:
    """Like `chat_model`, but each of its answers rests on passage [1]."""
    from models.text import CITING_ANSWERS

    return _file(
        "tiny-citing.gguf",
        lambda path: _write_llama(path, "Tiny Citing Test", answers=CITING_ANSWERS),
    )


def rambling_model() -> Path:
    """Like `chat_model`, but each of its answers is one long line."""
    from models.text import RAMBLING_ANSWERS

    return _file(
        "tiny-rambling.gguf",
        lambda path: _write_llama(path, "Tiny Rambling Test", answers=RAMBLING_ANSWERS),
    )


def endless_model() -> Path:
    """Like `chat_model`, but goes on until the context window is full."""
    return _file(
        "tiny-endless.gguf", lambda path: _write_llama(path, "Tiny Endless Test", ends=False)
    )


def experts_model() -> Path:
    """Like `chat_model`, but of eight experts, two of which are used for a token."""
    from models.kinds import EXPERTS, write_kind

    return _file("tiny-experts.gguf", lambda path: write_kind(path, "Tiny Experts Test", EXPERTS))


def windowed_model() -> Path:
    """Like `chat_model`, but most of its layers look back 512 tokens only."""
    from models.kinds import WINDOWED, write_kind

    return _file(
        "tiny-windowed.gguf", lambda path: write_kind(path, "Tiny Windowed Test", WINDOWED)
    )


def random_model() -> Path:
    """Random weights: byte salad with invalid UTF-8 that does not end."""
    return _file(
        "tiny-random.gguf", lambda path: _write_llama(path, "Tiny Random Test", babbles=True)
    )


def heavy_model() -> Path:
    """172 MB, 86 million parameters: as slow as a small real model."""
    return _file("tiny-heavy.gguf", lambda path: _write_llama(path, "Tiny Heavy Test", heavy=True))


def slow_endless_model() -> Path:
    """As slow as `heavy_model`, and goes on until the context window is full."""
    return _file(
        "tiny-heavy-endless.gguf",
        lambda path: _write_llama(path, "Tiny Heavy Endless Test", heavy=True, ends=False),
    )


def roomy_model() -> Path:
    """As slow as `heavy_model`, with room for 32,768 tokens; goes on until they are full."""
    return _file(
        "tiny-heavy-roomy.gguf",
        lambda path: _write_llama(
            path, "Tiny Heavy Roomy Test", heavy=True, ends=False, context_size=32_768
        ),
    )


def split_model() -> Path:
    """The first of three files that are one model."""
    folder = _folder(
        "tiny-split",
        lambda folder: _write_llama(
            folder / "tiny-split.gguf", "Tiny Split Test", tensors_per_file=8
        ),
    )
    return folder / "tiny-split-00001-of-00003.gguf"


def embedding_model() -> Path:
    """0.5 MB, for /v1/embeddings."""

    def write(path: Path) -> None:
        from models.bert import write_bert

        write_bert(path, "Tiny Bert Test")

    return _file("tiny-bert.gguf", write)


def reranking_model() -> Path:
    """0.5 MB, for /v1/rerank."""

    def write(path: Path) -> None:
        from models.bert import write_bert

        write_bert(path, "Tiny Rerank Test", ranks=True)

    return _file("tiny-rerank.gguf", write)


def vision_projector() -> Path:
    """0.9 MB, an mmproj that fits `chat_model`."""

    def write(path: Path) -> None:
        from models.clip import write_clip

        write_clip(path, "Tiny Vision Test")

    return _file("mmproj-tiny-fast.gguf", write)


def broken_models() -> Path:
    """A folder of damaged files; each name tells its damage."""

    def write(folder: Path) -> None:
        from models.broken import write_broken_files

        write_broken_files(folder, chat_model())

    return _folder("broken", write)


def absurd_models() -> Path:
    """A folder of files that are sound as files and absurd as models."""

    def write(folder: Path) -> None:
        from models.absurd import write_absurd_files

        write_absurd_files(folder, chat_model())

    return _folder("absurd", write)


def _write_llama(
    path: Path,
    name: str,
    *,
    thinks: bool = False,
    babbles: bool = False,
    ends: bool = True,
    heavy: bool = False,
    answers: tuple[str, ...] = (),
    context_size: int = 8192,
    tensors_per_file: int = 0,
) -> None:
    from models.llama import FAST, HEAVY, write_llama
    from models.text import ANSWERS

    write_llama(
        path,
        name,
        shape=HEAVY if heavy else FAST,
        thinks=thinks,
        babbles=babbles,
        ends=ends,
        answers=answers or ANSWERS,
        context_size=context_size,
        tensors_per_file=tensors_per_file,
    )


def _file(name: str, write: Callable[[Path], None]) -> Path:
    target = CACHE / name
    if not target.exists():
        with _scratch() as scratch:
            write(Path(scratch) / name)
            (Path(scratch) / name).replace(target)
    return target


def _folder(name: str, write: Callable[[Path], None]) -> Path:
    target = CACHE / name
    if not target.exists():
        with _scratch() as scratch:
            made = Path(scratch) / name
            made.mkdir()
            write(made)
            try:
                made.rename(target)
            except OSError:
                if not target.exists():  # else another process was faster, with the same files
                    raise
    return target


def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Beside the target, so that a file appears there whole or not at all."""
    _drop_older_versions()
    CACHE.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=CACHE)


def _drop_older_versions() -> None:
    if CACHE.parent.exists():
        for folder in CACHE.parent.iterdir():
            if folder.name != CACHE.name:
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    import sys

    sys.path.insert(0, os.fspath(Path(__file__).parents[1]))
    for make in (
        chat_model,
        think_model,
        citing_model,
        rambling_model,
        endless_model,
        experts_model,
        windowed_model,
        random_model,
        heavy_model,
        split_model,
        embedding_model,
        reranking_model,
        vision_projector,
        broken_models,
        absurd_models,
    ):
        print(make())
