"""HTTP of the fake llama-server: the endpoints that the app uses, as llama-server has them."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fakes.fake_behaviour import Behaviour

_OPEN_WITHOUT_KEY = ("/health", "/v1/health")
_COMMENT = b":\n\n"


class FakeHttpServer(ThreadingHTTPServer):
    """Shared by the handlers: how to behave, and what is going on."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        behaviour: Behaviour,
        *,
        api_key: str | None,
        alias: str,
        model_path: str,
        die: Callable[[], None],
    ) -> None:
        super().__init__(("127.0.0.1", port), FakeHandler)
        self.behaviour = behaviour
        self.api_key = api_key
        self.alias = alias
        self.model_path = model_path
        self.die = die
        self.healthy = threading.Event()
        self.was_recognised = threading.Event()
        """Somebody with the key has asked for the properties, as the last step of a launch."""
        self.free_slots = threading.Semaphore(behaviour.slots)
        self.busy_slots = 0
        self.open_streams = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print a traceback for."""


class FakeHandler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: FakeHttpServer

    def do_GET(self) -> None:
        """Answer the questions."""
        path = self.path.partition("?")[0]
        if not self._admit(path):
            return
        behaviour = self.server.behaviour
        if path in _OPEN_WITHOUT_KEY:
            self._send({"status": "ok"})
        elif path == "/props":
            self.server.was_recognised.set()
            self._send(
                {
                    "default_generation_settings": {"n_ctx": behaviour.context_size},
                    "total_slots": behaviour.slots,
                    "model_alias": self.server.alias,
                    "model_path": self.server.model_path,
                    "modalities": {"vision": behaviour.vision, "audio": False},
                    "is_sleeping": False,
                }
            )
        elif path == "/slots":
            busy = self.server.busy_slots
            self._send(
                [
                    {"id": i, "n_ctx": behaviour.context_size, "is_processing": i < busy}
                    for i in range(behaviour.slots)
                ]
            )
        elif path in ("/v1/models", "/models"):
            entry = {"id": self.server.alias, "object": "model", "owned_by": "llamacpp"}
            self._send({"object": "list", "data": [entry]})
        else:
            self._send_error(404, "File Not Found", "not_found_error")

    def do_POST(self) -> None:
        """Do the work."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        path = self.path.partition("?")[0]
        if not self._admit(path):
            return
        try:
            request = json.loads(body)
        except ValueError as error:
            self._send_error(500, f"[json.exception.parse_error.101] {error}", "server_error")
            return
        if path == "/tokenize":
            self._send({"tokens": _tokenize(request["content"])})
        elif path == "/apply-template":
            self._send({"prompt": _render(request["messages"])})
        elif path in ("/v1/chat/completions", "/chat/completions"):
            self._chat(request)
        else:
            self._send_error(404, "File Not Found", "not_found_error")

    def log_message(self, *args: Any) -> None:
        """llama-server does not print each request either."""

    def _admit(self, path: str) -> bool:
        if not self.server.healthy.is_set():
            self._send_error(503, "Loading model", "unavailable_error")
            return False
        key = self.server.api_key
        if path in _OPEN_WITHOUT_KEY or key is None:
            return True
        if self.headers.get("authorization") == f"Bearer {key}":
            return True
        self._send_error(401, "Invalid API Key", "authentication_error")
        return False

    def _chat(self, request: dict[str, Any]) -> None:
        behaviour = self.server.behaviour
        if behaviour.dies == "chatting":
            self.server.die()
        if behaviour.records:
            with Path(behaviour.records).open("a", encoding="utf-8") as file:
                file.write(json.dumps(request) + "\n")
        prompt_tokens = len(_tokenize(_render(request["messages"])))
        if prompt_tokens >= behaviour.context_size:
            self._send_error(
                400,
                f"request ({prompt_tokens} tokens) exceeds the available context size "
                f"({behaviour.context_size} tokens), try increasing it",
                "exceed_context_size_error",
                n_prompt_tokens=prompt_tokens,
                n_ctx=behaviour.context_size,
            )
            return
        with self.server.free_slots:
            self.server.busy_slots += 1
            try:
                self._stream(request, prompt_tokens)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client stopped
            finally:
                self.server.busy_slots -= 1
                self.close_connection = True  # as llama-server does after each stream

    def _stream(self, request: dict[str, Any], prompt_tokens: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in stream_events(self.server.behaviour, request, prompt_tokens):
            if event is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _send(self, value: Any, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_error(self, status: int, message: str, kind: str, **details: Any) -> None:
        self._send({"error": {"code": status, "message": message, "type": kind, **details}}, status)


def stream_events(
    behaviour: Behaviour, request: dict[str, Any], prompt_tokens: int
) -> Iterator[bytes | None]:
    """The events of one answer as bytes; None: break the connection here."""
    yield from _read_prompt(behaviour, request, prompt_tokens)
    while behaviour.stream_end == "comments":
        yield _COMMENT
        time.sleep(0.05)
    pieces = [("reasoning_content", text) for text in behaviour.reasoning]
    pieces += [("content", text) for text in behaviour.answer * behaviour.repeats]
    limit = request.get("max_tokens")
    cut = limit is not None and 0 <= limit < len(pieces)
    pieces = pieces[:limit] if cut else pieces
    middle = len(pieces) // 2
    for number, (field, text) in enumerate(pieces):
        time.sleep(behaviour.piece_seconds)
        if number == middle:
            ends, events = _misbehave(behaviour.stream_end)
            yield from events
            if ends:
                return
        yield _event({"choices": [_choice({field: text})]})
    if behaviour.stream_end == "without_finish":
        return
    finish_reason = "length" if cut else behaviour.finish_reason
    yield _event({"choices": [_choice({}, finish_reason)]})
    yield _event(
        {
            "choices": [],
            "usage": {
                "completion_tokens": len(pieces),
                "prompt_tokens": prompt_tokens,
                "total_tokens": prompt_tokens + len(pieces),
                "prompt_tokens_details": {"cached_tokens": 0},
            },
            "timings": {
                "cache_n": 0,
                "prompt_n": prompt_tokens,
                "prompt_per_second": 1000.0,
                "predicted_n": len(pieces),
                "predicted_per_second": 100.0,
            },
        }
    )
    if behaviour.stream_end != "without_done":
        yield b"data: [DONE]\n\n"


def _read_prompt(
    behaviour: Behaviour, request: dict[str, Any], prompt_tokens: int
) -> Iterator[bytes]:
    first = {"choices": [_choice({"role": "assistant", "content": None})]}
    if request.get("return_progress"):
        for step in range(5):
            progress = {
                "total": prompt_tokens,
                "cache": 0,
                "processed": prompt_tokens * step // 4,
                "time_ms": round(behaviour.prompt_seconds * 250 * step),
            }
            yield _event(first | {"prompt_progress": progress})
            time.sleep(behaviour.prompt_seconds / 4 if step < 4 else 0)
    else:
        time.sleep(behaviour.prompt_seconds)
    yield _event(first)


def _misbehave(stream_end: str) -> tuple[bool, list[bytes | None]]:
    """What comes in the middle of an answer, and whether nothing comes after it."""
    match stream_end:
        case "error":
            error = {"code": 500, "message": "the fake had an error", "type": "server_error"}
            return True, [_event({"error": error})]
        case "drop":
            return True, [None]
        case "garbage":
            return False, [b"data: {this is no JSON\n\n"]
        case "lone_surrogates":
            # json.dumps writes them as escapes: valid JSON that is no valid text
            return False, [_event({"choices": [_choice({"content": "\ud83d and \udc4d"})]})]
        case _:
            return False, []


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"finish_reason": finish_reason, "index": 0, "delta": delta}


def _event(value: dict[str, Any]) -> bytes:
    value = value | {"id": "chatcmpl-fake", "object": "chat.completion.chunk"}
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _tokenize(text: str) -> list[int]:
    return [len(token) for token in re.findall(r"\w+|\W", text)]


def _render(messages: list[dict[str, Any]]) -> str:
    turns = [f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages]
    return "".join(turns) + "<|im_start|>assistant\n"
