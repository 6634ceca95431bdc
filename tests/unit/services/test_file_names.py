"""Names of files, for people and for systems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.services.file_names import clean_file_name, make_file_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        ("two\nlines.txt", "two lines.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ud800half", "half"),
        ("über größe 文.md", "über größe 文.md"),
        ("", "file"),
        ("/", "file"),
        ("\0", "file"),
    ],
)
def test_a_name_is_shown_as_one_line_without_folders(name: str, shown: str) -> None:
    assert clean_file_name(name) == shown


def test_a_long_name_keeps_its_end() -> None:
    shown = clean_file_name("a" * 500 + ".tar.gz")
    assert len(shown) == 120
    assert shown.endswith(".tar.gz")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Plans for 2027", "Plans for 2027.md"),
        ('What: is "a/b\\c"?', "What is a b c.md"),
        ("CON", "_CON.md"),
        ("aux.conversation", "_aux.conversation.md"),
        ("com1 .x", "_com1 .x.md"),
        ("COMMON", "COMMON.md"),
        (" .hidden. . ", "hidden.md"),
        ("...", "Conversation.md"),
        ("", "Conversation.md"),
        ("文" * 100, "文" * 40 + ".md"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(title: str, name: str) -> None:
    assert make_file_name(title, ".md") == name


@given(st.text(max_size=300))
def test_no_title_leads_out_of_its_folder(title: str) -> None:
    name = make_file_name(title, ".json")
    assert not set(name) & set('<>:"/\\|?*\0\n\r')
    assert name.endswith(".json")
    assert not name.startswith((".", " "))
    assert len(name.encode()) < 140
