"""Where the app keeps its files."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import platformdirs
from msgspec import Struct

from llama_desktop.infrastructure.storage.atomic_file import storage_failed


class AppPaths(Struct, frozen=True):
    """Every place below the data folder."""

    data: Path

    @classmethod
    def locate(cls, data_folder: Path | None = None) -> Self:
        """The folder that was asked for, else the system's place for a program's data."""
        if data_folder is not None:
            return cls(data_folder.expanduser().absolute())
        return cls(platformdirs.user_data_path("llama-desktop", appauthor=False))

    @property
    def chats(self) -> Path:
        """One file per conversation."""
        return self.data / "chats"

    @property
    def trash(self) -> Path:
        """Deleted conversations."""
        return self.data / "trash"

    @property
    def attachments(self) -> Path:
        """Files that no question has been sent with."""
        return self.data / "attachments"

    @property
    def snapshots(self) -> Path:
        """How everything was on earlier days. Made when it is needed."""
        return self.data / "snapshots"

    @property
    def backups(self) -> Path:
        """Files as they were before they were migrated. Made when it is needed."""
        return self.data / "backups"

    @property
    def damaged(self) -> Path:
        """Files that could not be understood, as they were found."""
        return self.data / "damaged"

    @property
    def logs(self) -> Path:
        """Ours and the engine's."""
        return self.data / "logs"

    @property
    def engines(self) -> Path:
        """llama-server programs that the person put here."""
        return self.data / "engines"

    @property
    def engine_home(self) -> Path:
        """An empty folder that engines run in and take for their person's, to find nothing."""
        return self.data / "engine-home"

    @property
    def models(self) -> Path:
        """Downloaded models, where no other folder was named. Made when it is needed."""
        return self.data / "models"

    @property
    def model_facts_file(self) -> Path:
        """What model files say of themselves; made of them, and made anew where it is missing."""
        return self.data / "models.cache"

    @property
    def model_records_file(self) -> Path:
        """Favourites, load options and measurements of models."""
        return self.data / "models.json"

    @property
    def downloads_file(self) -> Path:
        """Downloads that are not whole."""
        return self.data / "downloads.json"

    @property
    def hub_token_file(self) -> Path:
        """The Hub's access token, where the system has no keychain."""
        return self.data / "hub-token"

    @property
    def processes(self) -> Path:
        """A note of each llama-server that was started."""
        return self.data / "processes"

    @property
    def settings_file(self) -> Path:
        """What the person prefers."""
        return self.data / "settings.json"

    @property
    def drafts_file(self) -> Path:
        """What was written and not sent."""
        return self.data / "drafts.json"

    @property
    def facts_file(self) -> Path:
        """What the person wants remembered."""
        return self.data / "facts.json"

    @property
    def window_file(self) -> Path:
        """Where the window was."""
        return self.data / "window.json"

    @property
    def search_file(self) -> Path:
        """What the chats are searched by; made of them, and made anew where it is missing."""
        return self.data / "search.db"

    @property
    def lock_file(self) -> Path:
        """Held while the app runs."""
        return self.data / ".lock"

    @property
    def instance_file(self) -> Path:
        """How the running app is reached; readable by its user alone."""
        return self.data / ".instance.json"

    def prepare(self) -> None:
        """Make the folders that are missing, closed to other users.

        Raises:
            StorageFailed: they cannot be made.
        """
        for folder in (
            self.data,
            self.chats,
            self.trash,
            self.attachments,
            self.damaged,
            self.logs,
            self.engines,
            self.engine_home,
        ):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise storage_failed(error, folder) from error
