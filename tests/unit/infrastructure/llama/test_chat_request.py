"""What llama-server is asked for an answer."""

from __future__ import annotations

import json

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.infrastructure.llama.chat_request import (
    ChatImage,
    ChatMessage,
    ChatRequest,
    build_chat_body,
)

HI = (ChatMessage("user", "hi"),)


def test_a_request_always_streams_with_progress_and_usage() -> None:
    assert json.loads(build_chat_body(ChatRequest(HI))) == {
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "timings_per_token": True,
        "cache_prompt": True,
    }


def test_parameters_that_are_not_set_are_left_to_the_server() -> None:
    parameters = SamplingParameters(temperature=0.0, seed=7, max_tokens=5, stop=("END",))
    body = json.loads(build_chat_body(ChatRequest(HI, parameters)))
    assert {name: body[name] for name in ("temperature", "seed", "max_tokens", "stop")} == {
        "temperature": 0.0,
        "seed": 7,
        "max_tokens": 5,
        "stop": ["END"],
    }
    assert "top_k" not in body


def test_every_parameter_of_ours_is_sent() -> None:
    parameters = SamplingParameters(
        temperature=1,
        top_k=2,
        top_p=0.3,
        min_p=0.4,
        repeat_penalty=1.5,
        presence_penalty=0.6,
        frequency_penalty=0.7,
        seed=8,
        max_tokens=9,
        stop=("x",),
    )
    body = json.loads(build_chat_body(ChatRequest(HI, parameters)))
    sampling = SamplingParameters.__struct_fields__[:10]
    assert {name: body[name] for name in sampling} == {
        name: getattr(parameters, name) if name != "stop" else ["x"] for name in sampling
    }


def test_thinking_and_structure_are_asked_for_in_llama_servers_own_words() -> None:
    parameters = SamplingParameters(
        thinking=False, thinking_budget=256, json_schema='{"type": "object"}', grammar="root ::= x"
    )
    body = json.loads(build_chat_body(ChatRequest(HI, parameters)))
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["reasoning_budget_tokens"] == 256
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"schema": {"type": "object"}},
    }
    assert body["grammar"] == "root ::= x"


def test_text_that_no_json_can_carry_is_made_sound() -> None:
    body = json.loads(build_chat_body(ChatRequest((ChatMessage("user", "a\ud83db"),))))
    assert body["messages"][0]["content"] == "a?b"


def test_images_go_before_the_text_as_data_and_never_as_an_address() -> None:
    image = ChatImage("image/png", b"\x89PNG")
    messages = (ChatMessage("user", "What is this?", (image,)), ChatMessage("assistant", "A cat."))
    body = json.loads(build_chat_body(ChatRequest(messages)))
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                {"type": "text", "text": "What is this?"},
            ],
        },
        {"role": "assistant", "content": "A cat."},
    ]


def test_an_image_alone_brings_no_empty_text() -> None:
    messages = (ChatMessage("user", "", (ChatImage("image/gif", b"GIF89a"),)),)
    [message] = json.loads(build_chat_body(ChatRequest(messages)))["messages"]
    assert [part["type"] for part in message["content"]] == ["image_url"]
