"""How a text file stands in a question, as the model reads it. Pure."""

from __future__ import annotations

import re
from typing import Final

_FENCE: Final = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)


def render_attachment(name: str, text: str) -> str:
    """A named block that nothing in the text can end; to be put before the question's own text.

    The text itself stays as it is, also where it looks like the marks of a chat template: what a
    person sends is what the model is given. Only line ends become those that models are used to.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n")
    longest = max((len(mark) for mark in _FENCE.findall(lines)), default=2)
    fence = "`" * (longest + 1)
    return f"File: {name}\n{fence}\n{lines}\n{fence}\n\n"
