"""What `/props` says about a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama_desktop.domain.errors import EngineRequestFailed
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.infrastructure.llama.loaded_model import read_model

CONFIG = ServerConfig(model_path=Path("/models/sea-Q4.gguf"))


def _props(**more: Any) -> dict[str, Any]:
    return {
        "default_generation_settings": {
            "n_ctx": 4096,
            "params": {
                "seed": 4294967295,
                "temperature": 0.800000011920929,
                "top_k": 40,
                "top_p": 0.949999988079071,
                "min_p": 0.05000000074505806,
                "repeat_penalty": 1.0,
                "presence_penalty": 0.0,
                "frequency_penalty": 0.0,
                "max_tokens": -1,
            },
        },
        "total_slots": 2,
        "modalities": {"vision": True},
    } | more


def test_the_servers_defaults_are_told_as_people_write_them() -> None:
    defaults = read_model(CONFIG, _props()).defaults
    assert (defaults.temperature, defaults.top_k, defaults.top_p) == (0.8, 40, 0.95)
    assert (defaults.min_p, defaults.repeat_penalty) == (0.05, 1.0)
    assert (defaults.seed, defaults.max_tokens, defaults.stop) == (None, None, ())


@pytest.mark.parametrize(
    ("template", "can_think"),
    [
        ("{% if enable_thinking is false %}<think>{% endif %}", True),
        ("{{ message.reasoning_content }}", True),
        ("{{ message.content }}", False),
    ],
)
def test_a_template_that_knows_thinking_is_recognised(template: str, can_think: bool) -> None:
    assert read_model(CONFIG, _props(chat_template=template)).can_think is can_think


def test_a_server_that_tells_less_is_still_understood() -> None:
    props = {"default_generation_settings": {"n_ctx": 512}, "total_slots": 1}
    model = read_model(CONFIG, props)
    assert (model.context_size, model.slots, model.has_vision) == (512, 1, False)
    assert model.can_think is None
    assert model.defaults.temperature is None


@pytest.mark.parametrize("props", [{}, {"total_slots": 1}, {"default_generation_settings": 5}])
def test_what_is_no_llama_server_is_refused(props: dict[str, Any]) -> None:
    with pytest.raises(EngineRequestFailed):
        read_model(CONFIG, props)
