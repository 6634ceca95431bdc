"""What is kept of models beside their files: favourites, how they are loaded, what they took."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.llama import ServerConfig
from llama_desktop.domain.models import MemoryMeasurement, ModelRecord, ModelRecords
from llama_desktop.infrastructure.storage.model_record_repository import ModelRecordRepository
from llama_desktop.infrastructure.storage.storage_thread import StorageThread
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.notices import NoticeService

_KEPT_MEASUREMENTS: Final = 16


class ModelRecordService:
    """Alone owns the records. Of a model of which nothing is kept there is none."""

    def __init__(
        self, repository: ModelRecordRepository, storage: StorageThread, notices: NoticeService
    ) -> None:
        self._repository = repository
        self._storage = storage
        self._notices = notices
        self._records: dict[Path, ModelRecord] = {}
        self._damaged: Path | None = None
        self.topic: Final = Topic[ModelRecords]("model_records", self.all)

    async def load(self) -> None:
        """Read what was kept. Once, before anything asks."""
        await self._storage.run(self.read_again)
        self._tell_damage()

    def read_again(self) -> None:
        """Take over what the file has now. On the storage thread; `tell` follows."""
        records, self._damaged = self._repository.load()
        self._records = {record.path: record for record in records}

    def tell(self) -> None:
        """Tell of what was read again."""
        self._tell_damage()
        self.topic.publish(self.all())

    def all(self) -> ModelRecords:
        """Of every model of which anything is kept."""
        return ModelRecords(records=tuple(self._records.values()))

    def find(self, path: Path) -> ModelRecord:
        """Of one model; an empty one where nothing is kept."""
        return self._records.get(path) or ModelRecord(path=path)

    def find_last_load(self, *, on_gpu: bool) -> MemoryMeasurement | None:
        """What the model took that was loaded last, of those with or without a GPU."""
        loads = [
            (record.used_at or 0.0, record.measurements[0])
            for record in self._records.values()
            if record.measurements and _has_gpu(record.measurements[0]) == on_gpu
        ]
        return max(loads, key=lambda load: load[0], default=(0.0, None))[1]

    async def set_favourite(self, path: Path, *, is_favourite: bool) -> None:
        """Mark a model, or take the mark away.

        Raises:
            StorageFailed: it cannot be written; nothing has changed.
        """
        await self._change(path, lambda old: replace(old, is_favourite=is_favourite))

    async def remember_config(self, path: Path, config: ServerConfig | None) -> None:
        """Load the model like this from now on; None: as usual again.

        Raises:
            StorageFailed: it cannot be written; nothing has changed.
        """
        await self._change(path, lambda old: replace(old, config=config))

    async def note_use(self, path: Path, measurement: MemoryMeasurement | None) -> None:
        """It was loaded just now, and took so much.

        Raises:
            StorageFailed: it cannot be written; nothing has changed.
        """

        def decide(old: ModelRecord) -> ModelRecord:
            kept = old.measurements
            if measurement is not None:
                others = [one for one in kept if one.config != measurement.config]
                kept = (measurement, *others)[:_KEPT_MEASUREMENTS]
            return replace(old, used_at=time.time(), measurements=kept)

        await self._change(path, decide)

    async def _change(self, path: Path, decide: Callable[[ModelRecord], ModelRecord]) -> None:
        def write() -> None:
            # On the storage thread, one after another: no change is lost to another one.
            changed = decide(self.find(path))
            records = {**self._records, path: changed}
            if changed == ModelRecord(path=path):
                records.pop(path)
            self._repository.save(tuple(records.values()))
            self._records = records

        await self._storage.run(write)
        self.topic.publish(self.all())

    def _tell_damage(self) -> None:
        if self._damaged is not None:
            self._notices.add(
                "model_records_damaged",
                "The file with favourites and load options of models was damaged. "
                f"It was kept as found: {self._damaged}.",
            )


def _has_gpu(load: MemoryMeasurement) -> bool:
    return load.told_gpu is not None and load.told_gpu.total > 0
