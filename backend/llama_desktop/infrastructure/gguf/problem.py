"""Why a file cannot be read as GGUF."""

from __future__ import annotations


class GgufProblem(Exception):
    """What is wrong with a file, as half a sentence that follows "This file"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HeaderIncomplete(GgufProblem):
    """The bytes given end within the header; the file itself may go on."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"ends within its header: at least {needed} bytes are needed")
        self.needed = needed
        """At least so many bytes from the beginning."""
