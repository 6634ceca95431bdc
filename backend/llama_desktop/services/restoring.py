"""Makes everything as it was in a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from llama_desktop.domain.errors import Conflict, StorageFailed
from llama_desktop.domain.snapshots import KeptKind, Restored
from llama_desktop.infrastructure.storage.coming_files import ComingFiles
from llama_desktop.infrastructure.storage.snapshot_content import SnapshotContent
from llama_desktop.services.chat.orchestrator import Orchestrator
from llama_desktop.services.conversations import ConversationService
from llama_desktop.services.drafts import DraftService
from llama_desktop.services.snapshots import SnapshotService


class KeptFile(Protocol):
    """The owner of a file that was replaced."""

    def read_again(self) -> None:
        """Take over what the file has now. On the storage thread."""

    def tell(self) -> None:
        """Tell whoever listens, on the event loop."""


class RestoreService:
    """Nothing is lost by it: how everything is right before becomes a snapshot first.

    All of it happens in one call on the storage thread: no change falls in between, and when the
    app dies, the next start finds either all as it was, or all as it was then.
    """

    def __init__(
        self,
        snapshots: SnapshotService,
        conversations: ConversationService,
        orchestrator: Orchestrator,
        drafts: DraftService,
        kept: Mapping[KeptKind, tuple[str, KeptFile]],
        *,
        data: Path,
        on_settings: Callable[[], None],
    ) -> None:
        """`kept`: what comes back besides chats and drafts, with the names of the files.
        `on_settings`: called when the settings have changed, for whoever does not listen.
        """
        self._snapshots = snapshots
        self._conversations = conversations
        self._orchestrator = orchestrator
        self._drafts = drafts
        self._kept = kept
        self._data = data
        self._on_settings = on_settings
        self._coming = ComingFiles(data)

    async def restore(self, snapshot_id: str) -> Restored:
        """Go back to a snapshot; chats begun since stay, with what is written in them.

        Raises:
            NotFound: there is no such snapshot.
            Conflict: an answer is under way.
            StorageFailed: something cannot be written. What was done of it can be undone by the
                snapshot that was made before.
        """
        await self._drafts.loaded()
        ids = tuple(summary.id for summary in await self._conversations.list())
        if self._orchestrator.is_answering():
            raise Conflict("An answer is under way. Wait for its end or stop it, then go back.")
        restored: Restored | None = None

        async with (
            self._orchestrator.without_turns(ids),
            self._snapshots.held(snapshot_id) as snapshot,
        ):

            def bring_in() -> tuple[str, ...]:
                nonlocal restored
                before = snapshot.keep_present()
                chats, kinds = self._bring_in(SnapshotContent(snapshot.place, data=self._data))
                restored = Restored(restored_count=len(chats), kinds=kinds, before=before)
                return chats

            try:
                await self._conversations.replace_files(bring_in)
            finally:
                self._tell()
        assert restored is not None
        if KeptKind.SETTINGS in restored.kinds:
            self._on_settings()
        return restored

    def _bring_in(self, content: SnapshotContent) -> tuple[tuple[str, ...], tuple[KeptKind, ...]]:
        """Which chats and which kinds have changed. On the storage thread."""
        coming = self._coming.gather()
        try:
            chats = content.gather_chats(coming)
            trashed = content.gather_trashed(coming)
            files = content.gather_files((name for name, _ in self._kept.values()), coming)
            has_drafts = self._gather_drafts(content, coming)
        except StorageFailed:
            self._coming.drop()
            raise
        try:
            self._coming.bring_in((*chats.removed, *trashed.removed, *files.removed))
        finally:
            for owner in self._owners():
                owner.read_again()
        kinds = [kind for kind, (name, _) in self._kept.items() if name in files.names]
        return (*chats.names, *trashed.names), (*kinds, *((KeptKind.DRAFTS,) if has_drafts else ()))

    def _gather_drafts(self, content: SnapshotContent, coming: Path) -> bool:
        if not content.has(self._drafts.file_name):
            return False
        content.gather_attachments(coming)
        return self._drafts.gather(content.place, coming, chat_ids=content.conversation_ids())

    def _tell(self) -> None:
        for owner in self._owners():
            owner.tell()

    def _owners(self) -> tuple[KeptFile, ...]:
        return (self._drafts, *(owner for _, owner in self._kept.values()))
