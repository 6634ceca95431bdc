"""The generated files are those of the tables."""

from __future__ import annotations

from llama_desktop.bridge import protocol
from llama_desktop.commands import COMMANDS, TOPICS


def test_the_pages_types_are_up_to_date() -> None:
    assert protocol.TYPESCRIPT.read_text(encoding="utf-8") == protocol.typescript(), (
        "run `npm run protocol`"
    )


def test_the_protocols_documentation_is_up_to_date() -> None:
    assert protocol.MARKDOWN.read_text(encoding="utf-8") == protocol.markdown(), (
        "run `npm run protocol`"
    )


def test_the_state_diagram_is_up_to_date() -> None:
    assert protocol.ARCHITECTURE.read_text(encoding="utf-8") == protocol.architecture(), (
        "run `npm run protocol`"
    )
    assert "Starting --> Running" in protocol.architecture()


def test_the_table_of_failures_is_up_to_date() -> None:
    assert protocol.FAILURES.read_text(encoding="utf-8") == protocol.failures(), (
        "run `npm run protocol`"
    )
    assert "| `gpu_memory_out` | out of GPU memory |" in protocol.failures()


def test_every_command_and_topic_is_documented() -> None:
    text = protocol.markdown()

    assert all(f"### {name}\n" in text for name in COMMANDS)
    assert all(f"| `{name}` |" in text for name in TOPICS)


def test_what_the_page_sends_may_leave_out_what_has_a_default() -> None:
    text = protocol.typescript()

    assert "start_llama_server: { args: { config: ServerConfigInput; as_given?: boolean };" in text
    assert "\tmodel_path: string;\n\tcontext_size?: number | null;" in text
