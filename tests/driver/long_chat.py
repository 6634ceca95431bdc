"""Long chats, written through the app's own storage, and text for a model to say."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.chat import (
    AnswerModel,
    AnswerStats,
    Conversation,
    Message,
    MessageStatus,
    Role,
)
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository

_CODE = """```python
def vpd(temp_c: float, rh: float) -> float:
    \"\"\"Vapour-pressure deficit in kPa, number {number}.\"\"\"
    es = 0.6108 * exp(17.27 * temp_c / (temp_c + 237.3))
    return es * (1 - (rh + OFFSET) / 100)


for minute in range({number}, {number} + 60):
    dry = vpd(24.0, read_humidity(minute)) - 0.8
    if dry > 0:
        mister.pulse(min(MAX_PULSE, 10 + 50 * dry))
```"""
_MATH = """The deficit is

$$\\mathrm{{VPD}} = e_s(T)\\left(1-\\frac{{\\mathrm{{RH}}}}{{100}}\\right), \\qquad
e_s(T) = 0.6108\\,e^{{17.27 T/(T+237.3)}}$$

so that with $T = 24$ and $\\mathrm{{RH}} = {number}$ there is enough of it."""
_TABLE = """| Stage | Target | RH at 20 °C |
|---|---|---|
| Seedlings {number} | 0.4 to 0.8 kPa | 83 to 66 % |
| Leafy growth | 0.8 to 1.2 kPa | 66 to 49 % |"""
_PROSE = (
    "Aim for **0.4 to 0.8 kPa** in step {number}. The chillies and tomatoes still want soft, "
    "moist air; the tent sensor reads 2.1 % high, so look for *75 to 89 %* on the display and "
    "wait at least five minutes between pulses, because mist needs time to evaporate."
)
_LIST = """- When the lights go off the leaves cool first.
- If you find dew in the morning, lower the trigger to `0.7` (case {number}).
- Append one row a minute and close the file at once."""
_PIECES = (_PROSE, _CODE, _LIST, _MATH, _PROSE, _TABLE)


def answer_text(number: int) -> str:
    """One answer of about a kilobyte: prose, and by turns code, math, a list or a table."""
    parts = [_PROSE, _PIECES[number % len(_PIECES)], _PIECES[(number + 1) % len(_PIECES)]]
    return "\n\n".join(part.format(number=number) for part in parts)


def long_text(characters: int) -> str:
    """Text for one long answer."""
    text, number = "", 0
    while len(text) < characters:
        text += answer_text(number) + "\n\n"
        number += 1
    return text[:characters]


def write_long_chat(data: Path, conversation_id: str, *, messages: int, now: float) -> None:
    """Keep a chat of so many messages in a data folder that no app has open."""
    for folder in ("chats", "trash", "damaged"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    repository = ConversationRepository(
        chats=data / "chats",
        trash=data / "trash",
        damaged=data / "damaged",
        backups=data / "backups",
    )
    repository.take_inventory()
    kept = tuple(_message(number, now - messages + number) for number in range(1, messages + 1))
    repository.create(
        Conversation(
            id=conversation_id,
            title="A long chat",
            created=now - messages,
            updated=now,
            leaf_id=messages,
            messages=kept,
        )
    )


def _message(number: int, created: float) -> Message:
    is_question = number % 2 == 1
    return Message(
        id=number,
        parent_id=number - 1 or None,
        role=Role.USER if is_question else Role.ASSISTANT,
        content=(
            f"Question {number}: what should the seedlings have tonight?"
            if is_question
            else answer_text(number // 2)
        ),
        status=MessageStatus.COMPLETE,
        created=created,
        model=None if is_question else AnswerModel(name="Tiny", file="tiny.gguf"),
        stats=(
            None
            if is_question
            else AnswerStats(
                prompt_tokens=100 * number,
                generated_tokens=256,
                tokens_per_second=68.4,
                first_token_seconds=0.42,
            )
        ),
    )
