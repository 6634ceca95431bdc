"""What a person may type into the search box."""

from __future__ import annotations

from llama_desktop.services.memory.query import read_prompt, read_query


def _terms(text: str) -> list[str]:
    return [term for word in read_query(text).words for term in word.terms]


def test_quotes_make_phrases_and_a_minus_excludes() -> None:
    query = read_query('passport "blue drawer" -insurance -“old box”')
    assert _terms('passport "blue drawer" -insurance') == ["passport", "blue", "drawer"]
    assert query.phrases == (("blue", "drawer"),)
    assert query.excluded == (("insur",), ("old", "box"))


def test_a_hyphen_within_a_word_excludes_nothing() -> None:
    query = read_query("well-known fact - 5")
    assert query.excluded == ()
    assert _terms("well-known") == ["well", "know"]


def test_the_last_word_may_be_unfinished_until_something_follows_it() -> None:
    assert read_query("blue passp").unfinished == "passp"
    assert read_query("blue passp ").unfinished is None
    assert read_query('"blue passp"').unfinished is None


def test_a_quote_that_is_not_closed_yet_is_read_as_words() -> None:
    query = read_query('where "blue drawer')
    assert (query.phrases, _terms('"blue drawer')) == ((), ["blue", "drawer"])


def test_nothing_in_a_prompt_has_a_meaning_of_its_own() -> None:
    query = read_prompt('not -this "blue drawer" blue')
    assert (query.phrases, query.excluded, query.unfinished) == ((), (), None)
    assert [word.plain for word in query.words] == ["blue", "drawer"]
