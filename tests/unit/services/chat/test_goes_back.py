"""Which models a question can be read ahead with."""

from __future__ import annotations

import pytest

from llama_desktop.domain.llama import EngineTraits
from llama_desktop.domain.model_facts import AttentionShape, ModelFacts, ModelKind, Recurrence
from llama_desktop.services.chat.reading_ahead import goes_back

_PLAIN = AttentionShape(kv_heads=(2, 2), key_length=64, value_length=64)
_WINDOWED = AttentionShape(
    kv_heads=(2, 2), key_length=64, value_length=64, window=128, window_layers=(0,)
)
_RECURRENT = AttentionShape(
    kv_heads=(0, 2),
    key_length=64,
    value_length=64,
    recurrence=Recurrence(layers=(0,), bytes_per_layer=1024),
)
_OLD = EngineTraits(goes_back=False)


def _facts(attention: AttentionShape | None) -> ModelFacts:
    return ModelFacts(kind=ModelKind.MODEL, attention=attention)


@pytest.mark.parametrize("facts", [None, *map(_facts, (None, _PLAIN, _WINDOWED, _RECURRENT))])
def test_an_engine_of_today_takes_back_the_end_of_any_model(facts: ModelFacts | None) -> None:
    assert goes_back(EngineTraits(), facts)


def test_an_older_one_only_where_each_layer_keeps_every_token() -> None:
    assert goes_back(_OLD, _facts(_PLAIN))
    assert not goes_back(_OLD, _facts(_WINDOWED))
    assert not goes_back(_OLD, _facts(_RECURRENT))
    assert not goes_back(_OLD, _facts(None))
    assert not goes_back(_OLD, None)
