"""The core thread: its port is there at once, its answers as soon as it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from llama_desktop.bootstrap import open_application
from llama_desktop.bridge.host import Host
from llama_desktop.domain.errors import StorageFailed
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths
from llama_desktop.services.application import Application

PATIENCE_SECONDS = 20.0


@pytest.fixture
def may_open() -> threading.Event:
    """The application opens when this is set."""
    return threading.Event()


@pytest.fixture
def host(tmp_path: Path, may_open: threading.Event) -> Iterator[Host]:
    paths = AppPaths(tmp_path / "data")
    paths.prepare()

    @asynccontextmanager
    async def open_when_told() -> AsyncIterator[Application]:
        await asyncio.to_thread(may_open.wait)
        async with open_application(paths, desktop=NoDesktop(), version="0") as app:
            yield app

    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("<title>Llama Desktop</title>")
    made = Host(open_when_told, page=page)
    yield made
    may_open.set()
    made.close()
    made.wait_closed()


def test_a_request_that_comes_early_is_answered_when_the_core_is_ready(
    host: Host, may_open: threading.Event
) -> None:
    address = host.start()
    with ThreadPoolExecutor() as pool:
        early = pool.submit(httpx.get, f"http://127.0.0.1:{address.port}/", timeout=20)
        may_open.set()

        assert early.result().status_code == 200


def test_closed_before_it_is_ready_it_ends(host: Host, may_open: threading.Event) -> None:
    host.start()
    host.close()
    may_open.set()

    host.wait_closed()


def test_it_says_when_its_end_begins(host: Host, may_open: threading.Event) -> None:
    ending = threading.Event()
    host.on_closing = ending.set
    may_open.set()
    host.start()
    host.wait_ready()

    host.close()

    assert ending.wait(PATIENCE_SECONDS)


def test_an_application_that_cannot_be_opened_is_told_and_ends_the_window(tmp_path: Path) -> None:
    @asynccontextmanager
    async def open_not() -> AsyncIterator[Application]:
        raise StorageFailed("The data folder cannot be written.")
        yield

    host = Host(open_not, page=tmp_path)
    ending = threading.Event()
    host.on_closing = ending.set
    host.start()

    with pytest.raises(StorageFailed):
        host.wait_ready()
    assert ending.is_set()


def test_a_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    @asynccontextmanager
    async def open_nothing() -> AsyncIterator[Application]:
        raise AssertionError("nothing is opened without a port")
        yield

    with contextlib.closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(OSError, match="in use"):
            Host(open_nothing, page=tmp_path, port=other.getsockname()[1]).start()
