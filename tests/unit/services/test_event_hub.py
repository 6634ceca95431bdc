"""Fan-out that never waits."""

from __future__ import annotations

from llama_desktop.services.event_hub import Topic


def test_each_listener_gets_the_snapshot_and_then_every_event_in_order() -> None:
    topic: Topic[str] = Topic("words", lambda: "snapshot")
    early: list[tuple[str, int]] = []
    late: list[tuple[str, int]] = []

    topic.subscribe(lambda event, sequence: early.append((event, sequence)))
    topic.publish("a")
    topic.subscribe(lambda event, sequence: late.append((event, sequence)))
    topic.publish("b")

    assert early == [("snapshot", 0), ("a", 1), ("b", 2)]
    assert late == [("snapshot", 0), ("b", 2)]


def test_the_first_and_the_last_listener_are_told_about() -> None:
    topic: Topic[str] = Topic("words", lambda: "snapshot")
    told: list[str] = []
    topic.on_first_listener = lambda: told.append("first")
    topic.on_last_listener_gone = lambda: told.append("gone")

    leave_a = topic.subscribe(lambda event, sequence: None)
    leave_b = topic.subscribe(lambda event, sequence: None)
    leave_a()
    leave_a()
    leave_b()

    assert told == ["first", "gone"]


def test_a_listener_may_leave_while_an_event_is_handed_out() -> None:
    topic: Topic[str] = Topic("words", lambda: "snapshot")
    heard: list[str] = []

    def leave_at_once(event: str, sequence: int) -> None:
        heard.append(event)
        if sequence:
            leave()

    leave = topic.subscribe(leave_at_once)
    topic.publish("a")
    topic.publish("b")

    assert heard == ["snapshot", "a"]
