"""The order of what was found."""

from __future__ import annotations

import pytest

from llama_desktop.services.memory.fuse import (
    PARENT,
    REPLY,
    Candidate,
    Group,
    Neighbour,
    drop_repeats,
    rank,
    weigh,
)

PASSPORT = Group("passport", frozenset({"passport"}), weigh(3, 1000))
BLUE = Group("blue", frozenset({"blue"}), weigh(100, 1000))


def _order(texts: dict[int, str], *around: Candidate) -> list[int]:
    named = {one.key for one in around}
    others = [Candidate(key, "", ()) for key in texts if key not in named]
    return [one.key for one in rank([*around, *others], texts, [PASSPORT, BLUE])]


def test_rare_words_weigh_more_than_common_ones() -> None:
    assert weigh(1, 1000) > weigh(10, 1000) > weigh(1000, 1000) > 0
    assert _order({1: "blue blue", 2: "passport box"}) == [2, 1]


def test_an_answer_is_found_by_the_words_of_its_question() -> None:
    texts = {1: "passport", 2: "drawer", 3: "drawer"}
    answer = Candidate(2, "", (Neighbour(1, PARENT, is_above=True),))
    assert _order(texts, answer) == [1, 2, 3]


def test_a_question_gains_by_what_answers_it() -> None:
    texts = {1: "blue", 2: "blue", 3: "passport"}
    assert _order(texts, Candidate(1, "", (Neighbour(3, REPLY),)))[:2] == [3, 1]


def test_covered_is_the_share_of_the_question_that_it_or_what_is_above_has() -> None:
    texts = {1: "passport", 2: "blue"}
    above = Candidate(2, "", (Neighbour(1, PARENT, is_above=True),))
    below = Candidate(1, "", (Neighbour(2, REPLY),))
    found = {one.key: one for one in rank([above, below], texts, [PASSPORT, BLUE])}
    assert found[2].covered == 1
    assert 0.5 < found[1].covered < 1
    assert found[2].own < 0.5
    missing = rank([above], texts, [PASSPORT, BLUE], missing_weight=PASSPORT.weight)
    assert missing[0].covered < 0.7


def test_of_equals_the_newer_one_comes_first() -> None:
    assert _order({1: "passport", 2: "passport"}) == [2, 1]


def test_what_was_said_several_times_is_shown_once_as_it_was_said_last() -> None:
    said = {1: "It is in the blue drawer.", 2: "No idea.", 3: "It is in the blue drawer!"}
    assert drop_repeats([1, 2, 3], said, limit=5) == [3, 2]


_STORY = " ".join(f"word{number}" for number in range(200))
_UNSPACED = "地下鉄の駅の右側にある青い引き出しの中に旅券が入っています" * 3


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (_STORY, " ".join(f"new{number}" for number in range(20)) + " " + _STORY),
        (_STORY, " ".join(_STORY.split()[20:])),
        (_STORY, " ".join(f"{word}s" if n % 2 else word for n, word in enumerate(_STORY.split()))),
        (_UNSPACED, "その" + _UNSPACED),
        ("Thanks a lot!", "Thanks a lot."),
        ("", ""),
    ],
    ids=["longer in front", "shorter in front", "other endings", "unspaced", "short", "empty"],
)
def test_what_is_nearly_the_same_is_a_repeat_however_it_differs(said: str, again: str) -> None:
    assert drop_repeats([1, 2], {1: said, 2: again}, limit=5) == [2]


def test_other_words_are_no_repeat() -> None:
    texts = {1: _STORY, 2: _STORY.replace("word", "item"), 3: "Thanks a lot!", 4: "Thank you!"}
    assert drop_repeats(texts, texts, limit=5) == [1, 2, 3, 4]
