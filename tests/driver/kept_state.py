"""Everything that a person keeps, all of it saying the same word; and a look at what it says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_desktop.domain.chat import Conversation, Preset
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.memory import Fact
from llama_desktop.domain.settings import SettingsChange
from llama_desktop.services.application import Application
from llama_desktop.services.conversation_tree import append_question

MODEL = Path("/models/m.gguf").absolute()
_CHATS = 12


async def say(app: Application, text: str) -> str:
    """A chat with one question."""
    chat = (await app.conversations.create()).id

    def decide(old: Conversation) -> Conversation:
        return append_question(old, text, parent_id=None, now=1.0)

    await app.conversations.change(chat, decide)
    return chat


async def make_so(app: Application, word: str, chats: Sequence[str] | None = None) -> list[str]:
    """Let everything say this word; without `chats`, in new ones."""
    if chats is None:
        chats = [await say(app, "a question") for _ in range(_CHATS)]
    for chat in chats:
        await app.conversations.rename(chat, word)
    await app.settings.update(SettingsChange(chat_system_prompt=word))
    await app.settings.save_preset(Preset(id="p", name=word))
    await app.facts.save(Fact(id="a", text=word, created=1.0))
    await app.drafts.save(None, word)
    await app.model_records.remember_config(MODEL, ServerConfig(model_path=MODEL, alias=word))
    return list(chats)


async def look_at(app: Application) -> set[str]:
    """The words that everything says."""
    settings = app.settings.get()
    (record,) = app.model_records.all().records
    assert record.config is not None
    return {
        *(summary.title for summary in await app.conversations.list()),
        settings.chat_system_prompt,
        *(preset.name for preset in settings.presets),
        *(fact.text for fact in app.facts.get()),
        *(draft.content for draft in await app.drafts.list()),
        str(record.config.alias),
    }
