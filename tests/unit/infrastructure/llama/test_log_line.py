"""Levels of the engine's lines, and the facts that a start tells."""

from __future__ import annotations

import pytest

from llama_desktop.domain.llama import LogLevel
from llama_desktop.infrastructure.llama.log_facts import LogFacts, note_fact
from llama_desktop.infrastructure.llama.log_line import read_log_line, write_plainly


@pytest.mark.parametrize(
    ("raw", "level", "text"),
    [
        ("0.00.052.367 W srv  stop: cancel task", LogLevel.WARNING, "srv  stop: cancel task"),
        ("12.59.00.001 E alloc failed", LogLevel.ERROR, "alloc failed"),
        ("E srv  llama_server: no", LogLevel.ERROR, "srv  llama_server: no"),
        ("I am no level", None, "I am no level"),
        ("0.00.052.367 I ", LogLevel.INFO, ""),
        ("llama_model_load: error loading model", None, "llama_model_load: error loading model"),
        ("0.00.052.367 X no level", None, "0.00.052.367 X no level"),
    ],
)
def test_a_line_is_read_into_its_level_and_its_text(
    raw: str, level: LogLevel | None, text: str
) -> None:
    assert read_log_line(raw) == (level, text)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (
            '{"type":"log","time":62004671,"level":"W","msg":"srv  stop: cut\\n"}',
            ("1.02.004.671 W srv  stop: cut",),
        ),
        ('{"type":"log","time":5,"level":"error","msg":"bad"}', ("0.00.000.005 E bad",)),
        (
            '{"type":"log","time":5,"level":4,"msg":"one\\n\\ttwo\\n"}',
            ("0.00.000.005 E one", "\ttwo"),
        ),
        ('{"type":"log","msg":"plain"}', ("plain",)),
    ],
)
def test_a_line_of_json_is_written_as_the_engine_writes_it_otherwise(
    raw: str, plain: tuple[str, ...]
) -> None:
    assert write_plainly(raw) == plain


@pytest.mark.parametrize(
    "raw",
    [
        '{"type":"fit_memory_breakdown","data":{}}',
        "{ not json",
        '{"type":"log","level":[],"msg":"x"}',
        "0.00.052.367 W srv  stop: cancel task",
    ],
)
def test_any_other_line_stays_as_it_is(raw: str) -> None:
    assert write_plainly(raw) == (raw,)


def test_layers_threads_and_a_shared_context_are_read_off_the_log() -> None:
    facts = LogFacts()
    for line in (
        "0.00.1 I cmn  init: llama threadpool init, n_threads = 8",
        "load_tensors: offloaded 21/41 layers to GPU",
        "srv load_model: initializing, n_slots = 4, n_ctx_slot = 8192, kv_unified = 'true'",
        "something else",
    ):
        facts = note_fact(facts, line)
    assert facts == LogFacts(layers_on_gpu=21, layers=41, threads=8, has_shared_context=True)
