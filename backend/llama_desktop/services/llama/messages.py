"""What the actor can be told: requests carry a reply, reports carry what they report on.

A report names its launch or its process, so that one about something already let go is ignored.
"""

from __future__ import annotations

from asyncio import Future, Task
from dataclasses import dataclass

from llama_desktop.domain.failure import ServerFailure
from llama_desktop.domain.llama import Running, ServerConfig
from llama_desktop.infrastructure.llama.process import LaunchProgress, ServerProcess


@dataclass(frozen=True, slots=True)
class Start:
    """Load this model. The wish stands when its caller goes before the answer."""

    config: ServerConfig
    reply: Future[Running]


@dataclass(frozen=True, slots=True)
class Stop:
    """Reach `Stopped`."""

    reply: Future[None]


@dataclass(frozen=True, slots=True)
class LaunchProgressed:
    """A launch got on, or has been silent for long."""

    launch: Task[ServerProcess]
    progress: LaunchProgress


@dataclass(frozen=True, slots=True)
class LaunchEnded:
    """A launch is over: healthy, failed or cancelled."""

    launch: Task[ServerProcess]


@dataclass(frozen=True, slots=True)
class ProcessExited:
    """A server that had been healthy has left."""

    process: ServerProcess
    watch: Task[ServerFailure]
    """It is done; how the server left is its result."""


Request = Start | Stop
Report = LaunchProgressed | LaunchEnded | ProcessExited
Message = Request | Report
