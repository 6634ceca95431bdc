"""Time to the first token and tokens a second, through the app and bare, turn and turn about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.app import App, AppFailed, open_app
from benchmarks.bare import BareServer, EngineProgram, Streamed, free_port, open_bare
from benchmarks.figures import median, milliseconds, percentile
from benchmarks.models import endless_model, slow_endless_model
from benchmarks.table import Row

_FIRST_P50_SECONDS = 0.008
_FIRST_P99_SECONDS = 0.030


async def measure(folder: Path, *, first_tokens: int, answers: int) -> list[Row]:
    """Both figures with the fastest model, the second one also with the heavy one."""
    engine = EngineProgram(folder)
    rows = []
    async with open_app(folder / "data", "--llama-server", str(engine.path)) as app:
        await app.listen("answers")
        await _load(app, endless_model())
        port = free_port()
        async with open_bare(engine.command_line(port), port) as bare:
            rows.append(await _first_token(app, bare, first_tokens))
            rows.append(
                await _rate(app, bare, answers, "tiny model (1.5M)", tokens=2048, least=0.97)
            )
        await _load(app, slow_endless_model())
        async with open_bare(engine.command_line(port), port) as bare:
            rows.append(
                await _rate(app, bare, answers, "heavy model (86M)", tokens=256, least=0.99)
            )
    return rows


async def _load(app: App, model: Path) -> None:
    config = {"model_path": str(model), "context_size": 4096, "parallel": 1}
    await app.invoke("start_llama_server", config=config)


async def _first_token(app: App, bare: BareServer, count: int) -> Row:
    """Each question is another one, so that neither side has its prompt in the cache."""
    through_app, driven_bare = [], []
    for number in range(count + 3):
        content = f"Question {number}: what is the {number}th letter?"
        one = (await ask_app(app, content, max_tokens=4)).first_seconds
        other = (await bare.ask(content, max_tokens=4)).first_seconds
        if number >= 3:  # the first ones warm both sides up
            through_app.append(one)
            driven_bare.append(other)
    middle = percentile(through_app, 50) - percentile(driven_bare, 50)
    tail = percentile(through_app, 99) - percentile(driven_bare, 99)
    return Row(
        f"first token, p50 / p99 of {count}",
        _both(through_app),
        _both(driven_bare),
        f"+{milliseconds(middle)} / +{milliseconds(tail)}",
        f"<= {milliseconds(_FIRST_P50_SECONDS)} / {milliseconds(_FIRST_P99_SECONDS)}",
        middle <= _FIRST_P50_SECONDS and tail <= _FIRST_P99_SECONDS,
    )


def _both(seconds: Sequence[float]) -> str:
    return f"{milliseconds(percentile(seconds, 50))} / {milliseconds(percentile(seconds, 99))}"


async def _rate(
    app: App, bare: BareServer, count: int, name: str, *, tokens: int, least: float
) -> Row:
    """Pairs of long answers: what the machine does beside this falls on both of a pair.

    They begin in turn: whoever comes second finds the processor awake, and is a little faster.
    """
    pairs = []
    for number in range(count + 1):
        asked = partial(ask_app, app), bare.ask
        first, second = asked if number % 2 else reversed(asked)
        content = f"Tell me story number {number}."
        rates = [
            (await ask(content, max_tokens=tokens)).tokens_per_second for ask in (first, second)
        ]
        if number > 0:
            pairs.append(rates if number % 2 else rates[::-1])
    ratio = median([one / other for one, other in pairs])
    return Row(
        f"tokens a second, {name}",
        f"{median([one for one, _ in pairs]):.0f}",
        f"{median([other for _, other in pairs]):.0f}",
        f"{ratio:.1%}",
        f">= {least:.0%}",
        ratio >= least,
    )


async def ask_app(app: App, content: str, **parameters: Any) -> Streamed:
    """One answer in a new chat. The socket is read while the request is still on its way."""
    chat = await app.invoke("create_conversation", parameters=parameters)
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        answer = tasks.create_task(read_answer(app, chat["id"], begin))
        # The bare server has no memory: both are to read the same.
        tasks.create_task(
            app.invoke("send_message", conversation_id=chat["id"], content=content, memory=False)
        )
    return answer.result()


async def read_answer(app: App, conversation_id: str, begin: float) -> Streamed:
    """Hear an answer of a conversation to its end."""
    first = last = 0.0
    while True:
        for topic, event in await app.next_events():
            if topic != "answers" or event.get("conversation_id") != conversation_id:
                continue
            match event["type"]:
                case "content_delta":
                    last = time.perf_counter()
                    first = first or last
                case "failed":
                    raise AppFailed(f"the answer failed: {event['message']['error']}")
                case "finished":
                    tokens = event["message"]["stats"]["generated_tokens"]
                    return Streamed(first - begin, last - first, tokens)
