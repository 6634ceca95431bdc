"""What waits to go to one page."""

from __future__ import annotations

from llama_desktop.bridge.outbox import MAX_WAITING, Outbox
from llama_desktop.domain.events import ContentDelta, ReasoningDelta
from llama_desktop.services.event_hub import Topic


def _delta(text: str, *, message_id: int = 2, sequence: int = 1) -> ContentDelta:
    return ContentDelta(
        conversation_id="c",
        message_id=message_id,
        sequence=sequence,
        text=text,
        generated_tokens=sequence,
    )


async def test_the_snapshot_comes_first_and_then_the_changes() -> None:
    topic: Topic[str] = Topic("words", lambda: "all so far")
    outbox = Outbox()

    outbox.listen(topic)
    topic.publish("one more")

    assert await outbox.drain() == [("words", 0, "all so far"), ("words", 1, "one more")]


async def test_listening_twice_changes_nothing() -> None:
    topic: Topic[str] = Topic("words", lambda: "all")
    outbox = Outbox()

    outbox.listen(topic)
    outbox.listen(topic)
    topic.publish("more")

    assert len(await outbox.drain()) == 2


async def test_neighbouring_deltas_of_one_answer_leave_as_one() -> None:
    topic: Topic[object] = Topic("answers", lambda: "snapshot")
    outbox = Outbox()
    outbox.listen(topic)
    await outbox.drain()

    topic.publish(_delta("Hel", sequence=1))
    topic.publish(_delta("lo", sequence=2))

    assert await outbox.drain() == [("answers", 2, _delta("Hello", sequence=2))]


async def test_deltas_of_different_answers_or_kinds_stay_apart() -> None:
    topic: Topic[object] = Topic("answers", lambda: "snapshot")
    outbox = Outbox()
    outbox.listen(topic)
    await outbox.drain()
    thought = ReasoningDelta(
        conversation_id="c", message_id=2, sequence=3, text="hm", generated_tokens=3
    )

    topic.publish(_delta("a"))
    topic.publish(_delta("b", message_id=4))
    topic.publish(thought)

    assert [entry[2] for entry in await outbox.drain()] == [
        _delta("a"),
        _delta("b", message_id=4),
        thought,
    ]


async def test_a_page_that_is_too_slow_gets_a_fresh_snapshot_instead() -> None:
    said: list[int] = []
    topic: Topic[object] = Topic("numbers", lambda: ("snapshot", tuple(said)))
    outbox = Outbox()
    outbox.listen(topic)

    for number in range(MAX_WAITING + 50):
        said.append(number)
        topic.publish(number)

    assert await outbox.drain() == [("numbers", 0, ("snapshot", tuple(said)))]
    topic.publish("next")
    assert [entry[2] for entry in await outbox.drain()] == ["next"]


async def test_a_topic_that_is_left_sends_nothing_more_and_its_waiting_news_is_dropped() -> None:
    topic: Topic[str] = Topic("words", lambda: "all")
    other: Topic[str] = Topic("other", lambda: "all of the other")
    outbox = Outbox()
    outbox.listen(topic)
    outbox.listen(other)

    outbox.unlisten("words")
    topic.publish("unheard")

    assert await outbox.drain() == [("other", 0, "all of the other")]
    assert not topic.has_listeners


async def test_closing_ends_every_subscription() -> None:
    topic: Topic[str] = Topic("words", lambda: "all")
    outbox = Outbox()
    outbox.listen(topic)

    outbox.close()

    assert not topic.has_listeners
