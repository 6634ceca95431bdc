"""What the whole app must tell, until it is dismissed or mended."""

from __future__ import annotations

from itertools import count
from typing import Final

from llama_desktop.domain.errors import Conflict, StorageFailed
from llama_desktop.domain.events import Notice, Notices
from llama_desktop.services.event_hub import Topic

_STORAGE: Final = "storage_failed"
_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


class NoticeService:
    """Alone owns the notices; every other service tells it."""

    def __init__(self) -> None:
        self._notices: dict[str, Notice] = {}
        self._numbers = count(1)
        self._holds = False
        self.topic: Final = Topic[Notices]("notices", self.notices)

    def notices(self) -> Notices:
        """All that stand, oldest first."""
        return Notices(notices=tuple(self._notices.values()))

    def add(
        self,
        code: str,
        message: str,
        *,
        notice_id: str | None = None,
        can_dismiss: bool = True,
        title: str | None = None,
        can_retry: bool = False,
    ) -> Notice:
        """Show a notice. One with the same id is replaced and keeps its place."""
        if notice_id is None:
            notice_id = f"{code}-{next(self._numbers)}"
        notice = Notice(
            id=notice_id,
            code=code,
            title=title,
            message=message,
            can_dismiss=can_dismiss,
            can_retry=can_retry,
        )
        if self._notices.get(notice_id) != notice:
            self._notices[notice_id] = notice
            self.topic.publish(self.notices())
        return notice

    def remove(self, notice_id: str) -> None:
        """Take a notice away because its cause is mended; unknown ones are gone already."""
        if self._notices.pop(notice_id, None) is not None:
            self.topic.publish(self.notices())

    def dismiss(self, notice_id: str) -> None:
        """Take a notice away because the person has seen it.

        Raises:
            Conflict: it stands until its cause is mended.
        """
        notice = self._notices.get(notice_id)
        if notice is not None and not notice.can_dismiss:
            raise Conflict("This notice goes away by itself once its cause is mended.")
        self.remove(notice_id)

    def storage_fails(self, error: StorageFailed) -> None:
        """Something could not be written. Stands until something can be written again."""
        if self._holds:
            return  # more is told already
        self.add(
            _STORAGE,
            f"{error.message} Nothing that was saved before is lost; "
            "answers under way are kept in memory and saved as soon as it works again.",
            notice_id=_STORAGE,
        )

    def storage_works(self) -> None:
        """Something was written."""
        if not self._holds:
            self.remove(_STORAGE)

    def storage_holds(self, error: StorageFailed, message_count: int) -> None:
        """Messages wait in memory for a disk that takes them. Stands until they are written."""
        self._holds = True
        is_full = bool(error.details.get("is_full"))
        held = _describe_held(message_count)
        self.add(
            _STORAGE,
            f"{held} held in memory and saved as soon as there is room."
            if is_full
            else f"{error.message} {held} held in memory and saved as soon as it works again.",
            notice_id=_STORAGE,
            can_dismiss=False,
            title="The disk is full." if is_full else "Nothing can be saved.",
            can_retry=True,
        )

    def storage_holds_nothing(self) -> None:
        """All that waited is written."""
        self._holds = False
        self.remove(_STORAGE)


def _describe_held(count: int) -> str:
    """`Two new messages are`, to go on with what is done with them."""
    if count == 0:
        return "What you changed is"
    if count == 1:
        return "One new message is"
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    return f"{number} new messages are"
