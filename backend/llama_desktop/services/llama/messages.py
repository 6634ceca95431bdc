"""What the actor can be told: requests carry a reply, reports carry what they report on.

A report names its launch or its process, so that one about something already let go is ignored.
"""

from __future__ import annotations

from asyncio import Future, Task

from msgspec import Struct

from llama_desktop.domain.failure import ServerFailure
from llama_desktop.domain.llama import Running, ServerConfig
from llama_desktop.infrastructure.llama.process import LaunchProgress, ServerProcess


class Start(Struct, frozen=True):
    """Load this model. The wish stands when its caller goes before the answer."""

    config: ServerConfig
    reply: Future[Running]


class Stop(Struct, frozen=True):
    """Reach `Stopped`."""

    reply: Future[None]


class LaunchProgressed(Struct, frozen=True):
    """A launch got on, or has been silent for long."""

    launch: Task[ServerProcess]
    progress: LaunchProgress


class LaunchEnded(Struct, frozen=True):
    """A launch is over: healthy, failed or cancelled."""

    launch: Task[ServerProcess]


class ProcessExited(Struct, frozen=True):
    """A server that had been healthy has left."""

    process: ServerProcess
    watch: Task[ServerFailure]
    """It is done; how the server left is its result."""


Request = Start | Stop
Report = LaunchProgressed | LaunchEnded | ProcessExited
Message = Request | Report
