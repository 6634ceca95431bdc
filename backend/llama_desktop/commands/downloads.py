"""Commands on downloads and on what the Hugging Face Hub offers."""

from __future__ import annotations

from llama_desktop.domain.downloads import (
    Download,
    Downloads,
    HubAccess,
    HubFit,
    HubModel,
    HubRepo,
    RoomToMake,
)
from llama_desktop.services.application import Application


async def search_hub(app: Application, *, query: str) -> tuple[HubModel, ...]:
    """Ask the Hub for repositories with GGUF files, most downloaded first; may they fit here?"""
    return await app.hub_fit.search(query)


async def get_hub_model(app: Application, *, repo: str) -> HubRepo:
    """Ask the Hub what a repository offers: models by quantisation, and vision parts."""
    return await app.finder.model(repo)


async def estimate_hub_model(app: Application, *, repo: str) -> HubFit:
    """Of each model of a repository whether it fits; reads the head of one of its files."""
    return await app.hub_fit.estimate(repo)


async def start_download(
    app: Application, *, repo: str, quantization: str, with_projector: bool = False
) -> Download:
    """Fetch a model with all its parts; with its vision part where that is asked for."""
    return await app.finder.download(repo, quantization, with_projector=with_projector)


async def start_url_download(app: Application, *, url: str) -> Download:
    """Fetch one GGUF file from an https address."""
    return await app.finder.download_url(url)


async def get_downloads(app: Application) -> Downloads:
    """All downloads, and the room that there is now."""
    return await app.downloads.refresh()


async def pause_download(app: Application, *, download_id: str) -> Download:
    """Stop fetching; what is here stays."""
    return await app.downloads.pause(download_id)


async def resume_download(app: Application, *, download_id: str) -> Download:
    """Go on from where it was."""
    return await app.downloads.resume(download_id)


async def cancel_download(app: Application, *, download_id: str) -> None:
    """Take it off the list and delete what is here of it; a finished model stays."""
    await app.downloads.cancel(download_id)


async def find_room(app: Application) -> tuple[RoomToMake, ...]:
    """What could be deleted so that a download that lacks room goes on; largest first."""
    return await app.room.find()


async def get_hub_access(app: Application) -> HubAccess:
    """How the Hub is reached, and where its access token is kept."""
    return await app.hub_account.access()


async def save_hub_token(app: Application, *, token: str) -> HubAccess:
    """Keep an access token: in the system's keychain, else in a file of its user alone."""
    return await app.hub_account.save_token(token)


async def delete_hub_token(app: Application) -> HubAccess:
    """Forget the access token."""
    return await app.hub_account.delete_token()
