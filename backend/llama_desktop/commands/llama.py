"""Commands on the llama-server."""

from __future__ import annotations

from llama_desktop.domain.llama import Running, ServerConfig, ServerState
from llama_desktop.services.application import Application


async def start_llama_server(app: Application, *, config: ServerConfig) -> Running:
    """Load a model: start llama-server with it, and answer once it is healthy."""
    return await app.llama.start(config)


async def stop_llama_server(app: Application) -> None:
    """Eject the model: stop llama-server, also while it is loading."""
    await app.llama.stop()


async def get_server_state(app: Application) -> ServerState:
    """The state of llama-server as last published."""
    return app.llama.state
