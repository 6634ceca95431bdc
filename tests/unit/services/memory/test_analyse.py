"""What texts of every script are searched by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.services.memory.analyse import analyse, find_words, find_words_with, take_apart


@pytest.mark.parametrize(
    ("message", "query"),
    [
        pytest.param("Wo sind die Reisepässe? Straße", "reisepasse strasse", id="accents"),
        pytest.param("un plan égaré, la Café", "Égaré cafe\u0301", id="combining accents"),
        pytest.param("Он забыл паспорт и ёлку", "паспорта елка", id="cyrillic"),
        pytest.param("τα διαβατήρια στο συρτάρι", "ΔΙΑΒΑΤΗΡΙΑ ΣΥΡΤΆΡΙΑ", id="greek"),
        pytest.param("وضعت جَوَازَ السفر في الدرج", "جواز الدرج", id="arabic"),
        pytest.param("אֵיפֹה הַדַּרְכּוֹן", "איפה הדרכון", id="hebrew"),
        pytest.param("हिन्दी में पासपोर्ट", "पासपोर्ट", id="devanagari"),
        pytest.param("我的护照在抽屉里", "护照 抽屉", id="chinese"),
        pytest.param("パスポートは東京にあります", "パスポート 東京", id="japanese"),
        pytest.param("ﾊﾟｽﾎﾟｰﾄ", "パスポート", id="half-width kana"),
        pytest.param("내 여권은 서랍에 있다", "여권 서랍", id="korean"),
        pytest.param("หนังสือเดินทางอยู่ในลิ้นชัก", "หนังสือเดินทาง", id="thai"),
        pytest.param("call getUserName() first", "get_user_name getusername name", id="camelCase"),
        pytest.param("set max_retry_count=3", "maxRetryCount 3 retry", id="snake_case"),
        pytest.param("a new RTX4090 and HTTPServer", "4090 rtx4090 server", id="parts of names"),
        pytest.param("It cost 1,299.50 in 2023", "299 2023", id="numbers"),
        pytest.param("launched 🚀👍🏽 today", "🚀 👍", id="emoji"),
        pytest.param("I bought two ﬁne mice", "buying mouse fine", id="irregular forms"),
    ],
)
def test_a_query_finds_the_words_of_a_message(message: str, query: str) -> None:
    assert set(analyse(query)) <= set(analyse(message))
    assert analyse(query)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Where's the passport? I don't know, we'll see.", ["passport", "know", "see"]),
        ("Где же мой паспорт?", ["паспорт"]),
        ("__ -- ''", []),
    ],
)
def test_words_that_say_nothing_are_left_out(text: str, terms: list[str]) -> None:
    assert analyse(text) == terms


def test_words_know_where_they_stand() -> None:
    text = "Ein ﬁnes Café, getUserName"
    places = {text[word.start : word.end] for word in find_words(text)}
    assert places == {"Ein", "ﬁnes", "Café", "getUserName"}


@given(st.text())
def test_any_text_becomes_terms_that_the_index_can_part(text: str) -> None:
    for word in find_words(text):
        assert 0 <= word.start < word.end <= len(text)
        for term in word.terms:
            assert term
            assert all(not one.isascii() or one.isalnum() for one in term)


@given(st.text(alphabet="aAbB1_éя中あ😀 '", max_size=30))
def test_the_same_text_twice_has_the_same_terms_twice(text: str) -> None:
    assert analyse(f"{text} {text}") == analyse(text) * 2


@given(st.text() | st.text(alphabet="aAsS1_éя中😀 '’", max_size=30))
def test_a_text_is_taken_apart_into_the_same_with_places_and_without(text: str) -> None:
    words = tuple(find_words(text))
    terms, plain = take_apart(text)
    assert terms == [term for word in words for term in word.terms]
    assert plain == {word.plain for word in words}


@given(
    st.text() | st.text(alphabet="aAsS1_éя中😀 '’", max_size=30),
    st.text(alphabet="aAsS1éя中😀 ", max_size=6),
)
def test_the_words_with_some_terms_are_those_among_all(text: str, asked: str) -> None:
    terms = frozenset(analyse(asked))
    words = [word for word in find_words(text) if not terms.isdisjoint(word.terms)]
    assert find_words_with(terms, text) == words


@pytest.mark.parametrize(
    "word",
    [
        "dying",
        "Lying",
        "eings",
        "edly",
        "skies",
        "bought",
        "Children",
        "kingdom",
        "inning",
        "ages",
        "by",
        "Passports",
        "HTTPServer",
        "getUserName",
        "get_user_name",
        "café",
        "straße",
        "Привет",
        "地下鉄",
        "2026",
        "v2",
    ],
)
def test_a_word_is_among_those_with_its_terms(word: str) -> None:
    assert find_words_with(frozenset(analyse(word)), word) == list(find_words(word))
