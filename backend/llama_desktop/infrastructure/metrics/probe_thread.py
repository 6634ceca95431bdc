"""A thread for the probe alone: a driver that hangs holds it, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from asyncio import Future
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from llama_desktop.domain.metrics import GpuReading, MetricsSample
from llama_desktop.infrastructure.metrics.probe import Probe

_CLOSE_SECONDS: Final = 1.0

T = TypeVar("T")


class ProbeThread:
    """Begins with the first question. A daemon: if it hangs, the app can end all the same."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._questions: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, pid: int) -> Future[MetricsSample]:
        """Sample once; the answer comes later, or never. To be asked again only after it."""
        return self._ask(lambda: self._probe.sample(pid))

    def ask_gpus(self, pid: int) -> Future[GpuReading]:
        """Read the GPUs alone; as `ask`."""
        return self._ask(lambda: self._probe.read_gpus(pid))

    def _ask(self, read: Callable[[], T]) -> Future[T]:
        answer: Future[T] = asyncio.get_running_loop().create_future()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
            self._thread.start()
        self._questions.put((read, answer))
        return answer

    async def close(self) -> None:
        """Let go of the drivers, if they answer within a second."""
        if self._thread is None:
            self._probe.close()
            return
        self._questions.put(None)
        await asyncio.to_thread(self._thread.join, _CLOSE_SECONDS)

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            read, answer = question
            loop = answer.get_loop()
            try:
                value = read()
            except Exception as error:
                _call(loop, _fail, answer, error)
            else:
                _call(loop, _succeed, answer, value)
        self._probe.close()


def _call(loop: asyncio.AbstractEventLoop, *call: object) -> None:
    function, *arguments = call
    if not loop.is_closed():
        loop.call_soon_threadsafe(function, *arguments)  # type: ignore[arg-type]


def _succeed(answer: Future[T], value: T) -> None:
    if not answer.done():
        answer.set_result(value)


def _fail(answer: Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
