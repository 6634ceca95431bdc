"""A server that speaks the Hub's API on this machine, and misbehaves on request."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)?")


@dataclass
class Behaviour:
    """What goes wrong; everything off is a good server."""

    ranges: bool = True
    cut_after: int | None = None
    """Close the connection after so many bytes of a file…"""
    cuts: int = 10**9
    """… this many times."""
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses with headers that the next requests of files get."""
    bytes_per_second: float | None = None
    """For each connection."""
    drip_seconds: float | None = None
    """A byte after each pause."""
    endless: bool = False
    """The body never ends, and has no length."""
    length_factor: float = 1.0
    """What Content-Length says, against the truth."""
    etag: Callable[[str], str] = lambda path: f"etag-of-{path}"
    linked_etag: bool = False
    """Say on the way what the content's SHA-256 is, as the Hub does."""
    redirect: str | None = None
    """Where files are instead of `/cdn/…` on this server."""
    sha256: str | None = None
    """What the list of files claims."""
    token: str | None = None
    """Files and lists are only given to who sends it."""
    tree: list[dict[str, Any]] | None = None
    """Instead of the true list of files."""
    raw: bytes | None = None
    """What every API request is answered with."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with every API answer."""
    down: bool = False
    """Close every connection at once."""


@dataclass
class Served:
    """One request of a file."""

    path: str
    start: int
    end: int
    sent: int = 0
    authorization: str | None = None


class FakeHub:
    """Repositories in memory, behind a real socket."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.repos: dict[str, dict[str, bytes]] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.served: list[Served] = []
        self.asked: list[str] = []
        self.authorizations: list[str | None] = []
        self.lock = threading.Lock()
        self._wanted_bytes = 0
        self._sent_enough = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        """For HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, repo: str, **facts: Any) -> dict[str, bytes]:
        """A repository; put files into what this gives."""
        self.facts[repo] = facts
        return self.repos.setdefault(repo, {})

    def when_sent(self, byte_count: int) -> threading.Event:
        """Set once so many bytes of files have been sent from now on."""
        with self.lock:
            self._wanted_bytes = byte_count
            self._sent_enough = threading.Event()
            return self._sent_enough

    def count(self, byte_count: int) -> None:
        """More bytes of a file have been sent."""
        with self.lock:
            self._wanted_bytes -= byte_count
            if self._wanted_bytes <= 0:
                self._sent_enough.set()

    def sent_bytes(self) -> int:
        """Of all files, to whomever."""
        with self.lock:
            return sum(one.sent for one in self.served)

    def close(self) -> None:
        """Close the socket, and wait for the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A Hub for the time of the block."""
    hub = FakeHub()
    try:
        yield hub
    finally:
        hub.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> FakeHub:
        """Whom this answers for."""
        assert isinstance(self.server, _Server)
        return self.server.hub

    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        if self.hub.behaviour.down:
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        with self.hub.lock:
            self.hub.asked.append(self.path)
            self.hub.authorizations.append(self.headers.get("authorization"))
        if path.startswith("/api/models"):
            self._answer_api(path.removeprefix("/api/models").strip("/"), parse_qs(parts.query))
        elif match := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
            self._send_file(match[1], match[2])
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[0-9a-f]{40}/(.+)", path):
            self._lead_to_file(match[1], match[2])
        else:
            self._send(404, b"", {})

    def _answer_api(self, path: str, query: dict[str, list[str]]) -> None:
        behaviour = self.hub.behaviour
        if behaviour.raw is not None:
            self._send(200, behaviour.raw, behaviour.headers)
            return
        if not path:
            wanted = query.get("search", [""])[0].lower()
            found = [self._facts(repo) for repo in self.hub.repos if wanted in repo.lower()]
            self._send(200, json.dumps(found).encode(), behaviour.headers)
            return
        repo, _, tree = path.partition("/tree/")
        if repo not in self.hub.repos:
            self._send(401, b"{}", {"x-error-code": "RepoNotFound"})
        elif not tree:
            self._send(200, json.dumps(self._facts(repo)).encode(), behaviour.headers)
        else:
            self._send(200, json.dumps(self._tree(repo)).encode(), behaviour.headers)

    def _facts(self, repo: str) -> dict[str, Any]:
        return {
            "id": repo,
            "sha": COMMIT,
            "downloads": 1000,
            "likes": 10,
            "gated": False,
            "tags": ["gguf", "license:apache-2.0"],
            **self.hub.facts[repo],
        }

    def _tree(self, repo: str) -> list[dict[str, Any]]:
        if self.hub.behaviour.tree is not None:
            return self.hub.behaviour.tree
        return [
            {
                "type": "file",
                "path": path,
                "size": len(content),
                "oid": "0" * 40,
                "lfs": {
                    "oid": self.hub.behaviour.sha256 or hashlib.sha256(content).hexdigest(),
                    "size": len(content),
                    "pointerSize": 134,
                },
            }
            for path, content in self.hub.repos[repo].items()
        ]

    def _is_let_in(self) -> bool:
        token = self.hub.behaviour.token
        return token is None or self.headers.get("authorization") == f"Bearer {token}"

    def _lead_to_file(self, repo: str, path: str) -> None:
        if not self._is_let_in():
            self._send(401, b"{}", {"x-error-code": "GatedRepo"})
            return
        headers = {
            "location": self.hub.behaviour.redirect or f"/cdn/{repo}/{path}?signature=secret"
        }
        content = self.hub.repos.get(repo, {}).get(path, b"")
        if self.hub.behaviour.linked_etag:
            headers["x-linked-etag"] = f'"{hashlib.sha256(content).hexdigest()}"'
        self._send(302, b"", headers)

    def _send_file(self, repo: str, path: str) -> None:
        behaviour = self.hub.behaviour
        content = self.hub.repos.get(repo, {}).get(path)
        if content is None:
            self._send(404, b"", {})
            return
        with self.hub.lock:
            refusal = behaviour.refusals.pop(0) if behaviour.refusals else None
        if refusal is not None:
            self._send(refusal[0], b"", refusal[1])
            return
        start, end, status = 0, len(content), 200
        headers = {"etag": f'"{behaviour.etag(path)}"'}
        match = _RANGE.fullmatch(self.headers.get("range", ""))
        if match is not None and behaviour.ranges:
            start = int(match[1])
            end = min(int(match[2]) + 1 if match[2] else end, end)
            if start >= len(content):
                self._send(416, b"", {"content-range": f"bytes */{len(content)}"})
                return
            status = 206
            headers["content-range"] = f"bytes {start}-{end - 1}/{len(content)}"
        if not behaviour.endless:
            headers["content-length"] = str(int((end - start) * behaviour.length_factor))
        served = Served(path, start, end, authorization=self.headers.get("authorization"))
        with self.hub.lock:
            self.hub.served.append(served)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if behaviour.endless:
            self.send_header("connection", "close")
        self.end_headers()
        self._send_body(content[start:end], served)

    def _send_body(self, content: bytes, served: Served) -> None:
        behaviour = self.hub.behaviour
        view = memoryview(content)
        began, step = time.monotonic(), 1 if behaviour.drip_seconds else 16 << 10
        while served.sent < len(view) or behaviour.endless:
            if (
                behaviour.cut_after is not None
                and served.sent >= behaviour.cut_after
                and behaviour.cuts > 0
            ):
                behaviour.cuts -= 1
                self.close_connection = True
                return
            piece = view[served.sent : served.sent + step] or memoryview(b"\0" * step)
            self.wfile.write(piece)
            served.sent += len(piece)
            self.hub.count(len(piece))
            if behaviour.drip_seconds:
                time.sleep(behaviour.drip_seconds)
            if behaviour.bytes_per_second:
                due = began + served.sent / behaviour.bytes_per_second
                time.sleep(max(0.0, due - time.monotonic()))
        if behaviour.length_factor != 1.0:
            self.close_connection = True

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def make_content(size_bytes: int, seed: int = 1) -> bytes:
    """Begins as a GGUF file does; no two blocks are alike."""
    body = b"".join(
        hashlib.sha256(f"{seed}/{number}".encode()).digest() * 128
        for number in range(-(-size_bytes // 4096))
    )
    return (b"GGUF\x03\0\0\0" + body)[:size_bytes]
