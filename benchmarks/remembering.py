"""Time to the first token with memory and without, in a chat with a long history."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from benchmarks.app import App, open_app
from benchmarks.bare import EngineProgram
from benchmarks.figures import median, milliseconds
from benchmarks.models import slow_endless_model
from benchmarks.streaming import read_answer
from benchmarks.table import Row

_HISTORY_TOKENS = 8_000
_MOST = 1.10
_CHATS = 16
_SENTENCE = "The quick brown fox jumps over the lazy dog and the dog does not mind. "
_DRAWERS = ("blue", "green", "yellow", "white")


async def measure(folder: Path, *, count: int) -> list[Row]:
    """Follow-ups on the same history, with memory and without in turn: the server has it cached."""
    engine = EngineProgram(folder)
    async with open_app(folder / "data", "--llama-server", str(engine.path)) as app:
        await app.listen("answers")
        config = {
            "model_path": str(slow_endless_model()),
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
        place = (await _ask(app, history, (chat["id"], None), False))[0]
        seconds: dict[bool, list[float]] = {True: [], False: []}
        recalled = []
        for number in range(2 * count + 2):
            with_memory = number % 2 == 0
            question = f"Number {number}: in which drawer of the house is key {number % _CHATS}?"
            _, first, message = await _ask(app, question, (chat["id"], place), with_memory)
            if number >= 2:
                seconds[with_memory].append(first)
            if with_memory:
                recalled.append(len(message["recalled"]))
    with_it, without = median(seconds[True]), median(seconds[False])
    return [
        Row(
            f"first token at 8k tokens, memory on ({median(recalled)} passages) / off",
            milliseconds(with_it),
            milliseconds(without),
            f"{with_it / without:.2f}",
            f"<= {_MOST:.2f}",
            with_it / without <= _MOST,
        )
    ]


async def _ask(
    app: App, content: str, place: tuple[str, int | None] | None, memory: bool
) -> tuple[int, float, dict[str, Any]]:
    """The answer's id, the time to its first token, and the question as it is kept."""
    if place is None:
        created = await app.invoke("create_conversation", parameters={"max_tokens": 4})
        place = (created["id"], None)
    conversation_id, parent_id = place
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
    question = next(one for one in kept["messages"] if one["id"] == ids["user_message_id"])
    return ids["answer_message_id"], answer.result().first_seconds, question
