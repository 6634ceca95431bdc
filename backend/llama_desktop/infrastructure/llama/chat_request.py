"""What the engine is asked for an answer, and how llama-server wants it said. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from llama_desktop.domain.chat import SamplingParameters

_NAMES: Final = {
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "seed": "seed",
    "max_tokens": "max_tokens",
    "thinking_budget": "reasoning_budget_tokens",
    "grammar": "grammar",
}
"""Our name of a sampling parameter, and llama-server's."""


@dataclass(frozen=True, slots=True)
class ChatImage:
    """An image for a model that can see."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as the chat template of the model sees it."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str
    images: tuple[ChatImage, ...] = ()
    """Shown to the model before the text."""
    reasoning: str = ""
    """Of an answer that the model is to go on with: what it thought."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything that an answer depends on.

    An answer that stands last is gone on with: what is streamed is what comes after it.
    """

    messages: tuple[ChatMessage, ...]
    parameters: SamplingParameters = field(default_factory=SamplingParameters)


def build_messages(messages: tuple[ChatMessage, ...]) -> list[dict[str, Any]]:
    """The messages as llama-server takes them."""
    return [_build_message(message) for message in messages]


def build_template_body(request: ChatRequest) -> dict[str, Any]:
    """What the prompt depends on: the messages, and what the chat template is told besides."""
    body: dict[str, Any] = {"messages": build_messages(request.messages)}
    if request.parameters.thinking is not None:
        body["chat_template_kwargs"] = {"enable_thinking": request.parameters.thinking}
    if request.parameters.json_schema is not None:
        schema = msgspec.Raw(sound(request.parameters.json_schema).encode())
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": schema}}
    return body


def build_chat_body(request: ChatRequest) -> bytes:
    """The body of a streamed request.

    `return_progress` is not only for the bar: without it the server looks for a closed connection
    just once a second while it reads a prompt, and other traffic keeps it from looking at all.
    `timings_per_token`: also an answer that is stopped has its exact figures.
    """
    body = build_template_body(request) | {
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "timings_per_token": True,
        "cache_prompt": True,
    }
    for ours, theirs in _NAMES.items():
        value = getattr(request.parameters, ours)
        if value is not None:
            body[theirs] = value
    if request.parameters.stop:
        body["stop"] = [sound(text) for text in request.parameters.stop]
    return msgspec.json.encode(body)


def build_reading_body(prompt: str) -> bytes:
    """The body of a request that only reads. `return_progress`: as of `build_chat_body`."""
    return msgspec.json.encode(
        {
            "prompt": sound(prompt),
            "n_predict": 0,
            "stream": True,
            "return_progress": True,
            "cache_prompt": True,
        }
    )


def _build_message(message: ChatMessage) -> dict[str, Any]:
    built: dict[str, Any] = {"role": message.role, "content": _build_content(message)}
    if message.reasoning:
        built["reasoning_content"] = sound(message.reasoning)
    return built


def _build_content(message: ChatMessage) -> str | list[dict[str, Any]]:
    """Plain text where there are no images: not every template takes a list of parts."""
    text = sound(message.content)
    if not message.images:
        return text
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": _data_url(image)}} for image in message.images
    ]
    return [*parts, {"type": "text", "text": text}] if text else parts


def _data_url(image: ChatImage) -> str:
    # Never an address: the server would fetch it from the network.
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode('ascii')}"


def sound(text: str) -> str:
    """Without lone surrogates, which no JSON can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
