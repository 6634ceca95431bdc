"""Time to the first token with memory and without, in a chat with a long history."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.app import App, open_app
from benchmarks.bare import EngineProgram
from benchmarks.figures import median, milliseconds
from benchmarks.models import roomy_model
from benchmarks.streaming import read_answer
from benchmarks.table import Row

_HISTORY_TOKENS = 8_000
_MOST = 1.10
_CHATS = 16
_LEISURE = 1.5
"""How much longer than the reading a question takes to be sent, where it is read ahead."""
_SENTENCE = "The quick brown fox jumps over the lazy dog and the dog does not mind. "
_DRAWERS = ("blue", "green", "yellow", "white")


@dataclass(frozen=True, slots=True)
class _Asked:
    answer_id: int
    first_seconds: float
    """To the first token, as whoever asks sees it."""
    read_tokens: int
    """Of the prompt, those that were not in the server's cache."""
    read_seconds: float
    """What the server took for them, as it says itself."""
    passages: int


async def measure(folder: Path, *, count: int) -> list[Row]:
    """Follow-ups on the same history, with memory and without in turn: the server has it cached.

    First sent at once, then after a pause that was long enough to read them ahead.
    """
    engine = EngineProgram(folder)
    async with open_app(folder / "data", "--llama-server", str(engine.path)) as app:
        await app.listen("answers")
        config = {
            "model_path": str(roomy_model()),
            "context_size": 2 * _HISTORY_TOKENS,
            "parallel": 1,
        }
        await app.invoke("start_llama_server", config=config)
        for number in range(_CHATS):
            colour = _DRAWERS[number % len(_DRAWERS)]
            await _ask(app, f"Key {number} of the house lies in the {colour} drawer.", None, False)
        history = _SENTENCE
        while (await app.invoke("count_tokens", text=history))["tokens"] < _HISTORY_TOKENS:
            history += history if len(history) < 8_000 else _SENTENCE * 20
        chat = await app.invoke("create_conversation", parameters={"max_tokens": 4})
        place = (await _ask(app, history, (chat["id"], None), False)).answer_id
        at_once = await _follow_up(app, (chat["id"], place), count, pause=0)
        pause = _LEISURE * median([one.read_seconds for one in at_once[0]])
        read_ahead = await _follow_up(app, (chat["id"], place), count, pause=pause)
    return [*_compare(*at_once), _compare_read_ahead(*read_ahead, pause)]


async def _follow_up(
    app: App, place: tuple[str, int], count: int, *, pause: float
) -> tuple[list[_Asked], list[_Asked]]:
    """With memory, and without."""
    asked: dict[bool, list[_Asked]] = {True: [], False: []}
    for number in range(2 * count + 2):
        with_memory = number % 2 == 0
        question = f"Number {number}: in which drawer of the house is key {number % _CHATS}?"
        one = await _ask(app, question, place, with_memory, pause)
        if number >= 2:
            asked[with_memory].append(one)
    return asked[True], asked[False]


def _compare_read_ahead(with_it: list[_Asked], without: list[_Asked], pause: float) -> Row:
    first, usual = (median([one.first_seconds for one in some]) for some in (with_it, without))
    read, usual_read = (median([one.read_tokens for one in some]) for some in (with_it, without))
    return Row(
        f"the same, read ahead in a pause of {pause:.1f} s; {read:.0f} / {usual_read:.0f}"
        " tokens are left",
        milliseconds(first),
        milliseconds(usual),
        f"{first / usual:.2f}",
        f"<= {_MOST:.2f}",
        first / usual <= _MOST,
    )


def _compare(with_it: list[_Asked], without: list[_Asked]) -> list[Row]:
    first, usual = (median([one.first_seconds for one in some]) for some in (with_it, without))
    own, usual_own = (
        median([one.first_seconds - one.read_seconds for one in some])
        for some in (with_it, without)
    )
    read, usual_read = (median([one.read_tokens for one in some]) for some in (with_it, without))
    passages = median([one.passages for one in with_it])
    finding = max(0.0, own - usual_own)
    return [
        Row(
            f"first token at 8k tokens, memory on ({passages:.0f} passages) / off",
            milliseconds(first),
            milliseconds(usual),
            f"{first / usual:.2f}",
            f"<= {_MOST:.2f}",
            first / usual <= _MOST,
        ),
        Row(
            f"of it by finding passages; {read:.0f} / {usual_read:.0f} tokens are read",
            milliseconds(own),
            milliseconds(usual_own),
            f"{1 + finding / usual:.2f}",
            f"<= {_MOST:.2f}",
            finding <= (_MOST - 1) * usual,
        ),
    ]


async def _ask(
    app: App,
    content: str,
    place: tuple[str, int | None] | None,
    memory: bool,
    pause: float = 0,
) -> _Asked:
    if place is None:
        created = await app.invoke("create_conversation", parameters={"max_tokens": 4})
        place = (created["id"], None)
    conversation_id, parent_id = place
    if pause:
        await app.invoke(
            "read_ahead",
            conversation_id=conversation_id,
            content=content,
            parent_id=parent_id,
            memory=memory,
        )
        await asyncio.sleep(pause)
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        answer = tasks.create_task(read_answer(app, conversation_id, begin))
        sent = tasks.create_task(
            app.invoke(
                "send_message",
                conversation_id=conversation_id,
                content=content,
                parent_id=parent_id,
                memory=memory,
            )
        )
    ids = sent.result()
    kept = await app.invoke("get_conversation", conversation_id=conversation_id)
    messages: dict[int, dict[str, Any]] = {one["id"]: one for one in kept["messages"]}
    told = messages[ids["answer_message_id"]]
    if told["omitted_message_ids"]:
        raise RuntimeError("The history does not fit the window, so this measures something else.")
    stats = told["stats"]
    tokens = stats["prompt_tokens"] - stats["cached_tokens"]
    return _Asked(
        answer_id=ids["answer_message_id"],
        first_seconds=answer.result().first_seconds,
        read_tokens=tokens,
        read_seconds=tokens / stats["prompt_tokens_per_second"],
        passages=len(messages[ids["user_message_id"]]["recalled"]),
    )
