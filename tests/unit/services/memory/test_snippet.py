"""The part of a message that is shown."""

from __future__ import annotations

from llama_desktop.services.memory.fuse import Group
from llama_desktop.services.memory.snippet import cut_snippet, without_signs

GROUPS = [Group("drawer", frozenset({"drawer"}), 3.0), Group("blue", frozenset({"blue"}), 1.0)]


def _marked(content: str, length: int = 60) -> tuple[str, list[str]]:
    snippet = cut_snippet(content, GROUPS, length)
    units = snippet.text.encode("utf-16-le")
    marked = [units[2 * a : 2 * b].decode("utf-16-le") for a, b in snippet.matches]
    return snippet.text, marked


def test_a_short_message_is_shown_whole_with_its_words_marked() -> None:
    assert _marked("In the\n blue drawers.") == ("In the blue drawers.", ["blue", "drawers"])


def test_a_long_message_is_cut_to_where_its_words_are() -> None:
    text, marked = _marked("Nothing here. " * 30 + "It is in the blue drawer. " + "End. " * 30)
    assert marked == ["blue", "drawer"]
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) <= 62


def test_places_are_counted_as_a_page_counts_them() -> None:
    assert _marked("🚀🚀 the drawer 🚀")[1] == ["drawer"]


def test_signs_of_markdown_are_left_out_and_names_stay() -> None:
    text = (
        "## Head\n**bold** and `get_user_name`\n\n| a | b |\n|---|---:|\n> said\n```python\nx\n```"
    )

    assert without_signs(text).split() == [
        *("Head", "bold", "and", "get_user_name", "a", "b", "said", "x"),
    ]
