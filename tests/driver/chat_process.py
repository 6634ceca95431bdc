"""Drafts, sends, streams, edits, deletes and restores for ever, with files; says what is durable.

Each line on stdout is one acknowledgement:

    drafted <number> <file>
    sent <number> <chat> <file>
    deleted <chat>
    restored <chat>
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

from fakes.fake_client import FakeClient, FakeServer
from llama_desktop.domain.chat import UNFINISHED
from llama_desktop.infrastructure.llama.chat_request import ChatRequest
from llama_desktop.infrastructure.llama.stream import AnswerEnded, ChatStreamEvent, ContentPiece
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.infrastructure.storage.attachment_files import AttachmentFiles
from llama_desktop.infrastructure.storage.conversation_repository import ConversationRepository
from llama_desktop.infrastructure.storage.draft_repository import DraftRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.attachments import AttachmentService
from llama_desktop.services.chat.answer_saver import SavePace
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.drafts import DraftService
from llama_desktop.services.notices import NoticeService


class TalkativeClient(FakeClient):
    """Answers at once, in a few pieces."""

    async def stream_chat(self, request: ChatRequest) -> AsyncGenerator[ChatStreamEvent, None]:
        for word in range(20):
            yield ContentPiece(f"word {word} ")
            await asyncio.sleep(0)
        yield AnswerEnded(
            finish_reason="stop",
            prompt_tokens=9,
            cached_tokens=0,
            generated_tokens=20,
            prompt_tokens_per_second=1.0,
            tokens_per_second=1.0,
        )


async def main(folder: Path, first: int) -> None:
    """Begin with question number `first`."""
    paths, storage, notices = AppPaths.locate(folder), StorageThread(), NoticeService()
    paths.prepare()
    server = FakeServer(slots=4)
    server.client = TalkativeClient()
    repository = ConversationRepository(
        chats=paths.chats, trash=paths.trash, damaged=paths.damaged, backups=paths.backups
    )
    files = AttachmentFiles(unsent=paths.attachments, chats=paths.chats)
    attachments = AttachmentService(files, storage, notices, server)
    chance = random.Random(first)
    async with (
        ConversationService(repository, storage, notices) as conversations,
        DraftService(
            DraftRepository(file=paths.drafts_file, damaged=paths.damaged),
            storage,
            notices,
            conversations,
            attachments,
        ) as drafts,
        Orchestrator(
            conversations,
            server,
            attachments,
            on_sent=drafts.forget_sent,
            pace=SavePace(after_seconds=0.001, retry_seconds=0.01),
        ) as orchestrator,
    ):
        chat: str | None = None
        for number in count(first):
            text = f"question {number}"
            file = await attachments.add(f"{number}.txt", f"file {number}".encode())
            await drafts.save(chat, text, (file.id,))
            print(f"drafted {number} {file.id}", flush=True)
            if chat is None:
                chat = (await conversations.create()).id
            # With null a new first message: an edit, which may go beside a turn under way.
            await orchestrator.send_message(chat, text, parent_id=None, attachment_ids=(file.id,))
            print(f"sent {number} {chat} {file.id}", flush=True)
            match chance.randrange(4):
                case 0:
                    await orchestrator.delete_conversations((chat,))
                    print(f"deleted {chat}", flush=True)
                    if chance.randrange(2):
                        await conversations.restore((chat,))
                        print(f"restored {chat}", flush=True)
                    chat = None
                case 1:
                    messages = (await conversations.get(chat)).messages
                    for message in messages:
                        if message.status in UNFINISHED:
                            await orchestrator.stop_answer(chat, message.id)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
