"""Commands on the llama-server."""

from __future__ import annotations

from llama_desktop.domain.llama import Engine, Running, ServerConfig, ServerState
from llama_desktop.services.application import Application


async def start_llama_server(
    app: Application, *, config: ServerConfig, as_given: bool = False
) -> Running:
    """Load a model: start llama-server with it, and answer once it is healthy.

    What is null in the config is as the settings have it; `as_given`: as the engine has it.
    """
    return await app.llama.start(config if as_given else app.settings.complete(config))


async def stop_llama_server(app: Application) -> None:
    """Eject the model: stop llama-server, also while it is loading."""
    await app.llama.stop()


async def get_engine(app: Application) -> Engine:
    """The llama-server program that the next load uses."""
    return (await app.engine_finder.find_server()).engine


async def restart_llama_server(app: Application) -> Running:
    """End llama-server and load the same model anew; also one that failed."""
    return await app.llama.restart()


async def get_server_state(app: Application) -> ServerState:
    """The state of llama-server as last published."""
    return app.llama.state
