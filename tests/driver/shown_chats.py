"""A small history of chats, written by the app's own storage, for pictures of the page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from llama_desktop.domain.chat import (
    AnswerModel,
    AnswerStats,
    Conversation,
    Message,
    MessageStatus,
    Role,
)
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository

_DAY: Final = 86_400.0
_PINNED: Final = (("Greenhouse controller", 2.0), ("Thesis, chapter 3", 3.0))
_TITLES: Final = (
    ("Why this query plan is slow", 0.001),
    ("Letter to the landlord", 0.002),
    ("Bread hydration by weight", 1.0),
    ("Rust lifetimes, slowly", 1.0),
    ("ESP32 deep-sleep budget", 3.0),
    ("Questions for the interview", 4.0),
    ("Lake Titicaca in five days", 5.0),
    ("Calibrating the SHT41 sensors", 5.5),
    ("Words for “quiet” in Quechua", 6.0),
)
_QUESTION: Final = (
    "What VPD should the seedlings have tonight, and can you write the function for the "
    "controller? It should open the mister when the air gets too dry."
)
_REASONING: Final = "They sowed on 3 March. The heater holds 24 °C; the sensor reads 2.1 % high."
_ANSWER: Final = r'''Aim for **0.4 to 0.8 kPa**. Your chillies and tomatoes went in on 3 March, so
they still want soft, moist air. At the 24 °C your heater holds, that is 73 to 87 % true humidity;
the tent sensor reads 2.1 % high, so look for **75 to 89 %** on the display.

$$\mathrm{VPD} = e_\mathrm{s}(T)\left(1 - \frac{\mathrm{RH}}{100}\right), \qquad
e_\mathrm{s}(T) = 0.6108\,e^{17.27\,T/(T+237.3)}\ \mathrm{kPa}$$

| Stage | Target VPD | RH at 20 °C | RH at 24 °C |
|---|---:|---:|---:|
| **Seedlings and cuttings** | 0.4 to 0.8 kPa | 83 to 66 % | **87 to 73 %** |
| Leafy growth | 0.8 to 1.2 kPa | 66 to 49 % | 73 to 60 % |
| Flower and fruit | 1.0 to 1.5 kPa | 57 to 36 % | 66 to 50 % |

The function corrects the reading first, then answers with a pulse that grows as the air dries and
stops at your 30 s limit:

```python
from math import exp

OFFSET = -2.1     # % RH, from the salt test in January
MAX_PULSE = 30    # s, the tray floods after that

def vpd(temp_c: float, rh: float) -> float:
    """Vapour-pressure deficit in kPa."""
    es = 0.6108 * exp(17.27 * temp_c / (temp_c + 237.3))
    return es * (1 - (rh + OFFSET) / 100)

def control(temp_c, rh, mister):
    dry = vpd(temp_c, rh) - 0.8
    if dry > 0:
        mister.pulse(min(MAX_PULSE, 10 + 50 * dry))
```

Two things to watch on the first night:

- Wait at least five minutes between pulses. Mist needs time to evaporate before the sensor can
  see it.
- When the lights go off at 22:00 the leaves cool first. If you find dew in the morning, lower the
  trigger to `0.7`.
'''


def write_shown_chats(data: Path) -> None:
    """Fill an empty data folder."""
    paths = AppPaths(data)
    paths.prepare()
    repository = ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    now = time.time()
    for number, (title, days) in enumerate(_PINNED):
        repository.create(_chat(f"pinned{number}", title, now - days * _DAY, is_pinned=True))
    for number, (title, days) in enumerate(_TITLES):
        repository.create(_chat(f"chat{number}", title, now - days * _DAY))
    repository.create(_shown_chat(now))


def _chat(chat_id: str, title: str, updated: float, *, is_pinned: bool = False) -> Conversation:
    question = _message(1, None, Role.USER, title, updated)
    return Conversation(
        id=chat_id,
        title=title,
        created=updated,
        updated=updated,
        is_pinned=is_pinned,
        leaf_id=1,
        messages=(question,),
    )


def _shown_chat(now: float) -> Conversation:
    answers = tuple(
        _message(number, 1, Role.ASSISTANT, _ANSWER if number == 4 else "Around 0.6 kPa.", now)
        for number in (2, 3, 4)
    )
    return Conversation(
        id="shown",
        title="VPD targets for seedlings",
        created=now,
        updated=now,
        leaf_id=4,
        messages=(_message(1, None, Role.USER, _QUESTION, now), *answers),
    )


def _message(number: int, parent: int | None, role: Role, text: str, created: float) -> Message:
    question = Message(
        id=number,
        parent_id=parent,
        role=role,
        content=text,
        status=MessageStatus.COMPLETE,
        created=created,
    )
    if role is Role.USER:
        return question
    return Message(
        id=number,
        parent_id=parent,
        role=role,
        content=text,
        status=MessageStatus.COMPLETE,
        created=created,
        reasoning=_REASONING,
        model=AnswerModel(name="Qwen3 8B", file="Qwen3-8B-Q4_K_M.gguf"),
        finish_reason="stop",
        stats=AnswerStats(
            prompt_tokens=320,
            cached_tokens=12,
            generated_tokens=512,
            tokens_per_second=68.4,
            first_token_seconds=0.42,
            reasoning_seconds=6.2,
            total_seconds=8.0,
        ),
    )
