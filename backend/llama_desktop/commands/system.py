"""Commands on the app itself and the desktop around it."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.domain.settings import AppInfo
from llama_desktop.infrastructure.folder import open_folder
from llama_desktop.services.application import Application


async def get_app_info(app: Application) -> AppInfo:
    """What the page must know about the app it is in."""
    return app.info


async def open_data_folder(app: Application) -> None:
    """Show the folder of all that is kept in the system's file manager."""
    await open_folder(app.info.data_folder)


async def open_external(app: Application, *, url: str) -> None:
    """Open a link in the system's browser: http, https and mailto only."""
    await app.desktop.open_link(url)


async def pick_folder(app: Application) -> Path | None:
    """Ask for a folder by the native dialog; null: the person cancelled."""
    return await app.desktop.pick_folder()


async def take_dropped_paths(app: Application) -> tuple[Path, ...]:
    """What was dropped on the window since this was asked last."""
    return await app.desktop.take_dropped()


async def pick_llama_server(app: Application) -> Path | None:
    """Ask for a llama-server program by the native dialog; null: the person cancelled."""
    return await app.desktop.pick_file()


async def save_file(app: Application, *, name: str, text: str) -> Path | None:
    """Ask where by the native dialog, and write a text there; null: the person cancelled."""
    return await app.desktop.save_file(name, text)


async def show_window(app: Application) -> None:
    """Bring the window to the front; a second start of the app asks for this."""
    await app.desktop.show_window()


async def close_window(app: Application) -> None:
    """Close the window, and with it the app. The page asks for it once it has kept everything."""
    await app.desktop.close_window()


async def retry_saving(app: Application) -> None:
    """Try to write what is held in memory because the disk did not take it."""
    await app.conversations.retry_saving()


async def dismiss_notice(app: Application, *, notice_id: str) -> None:
    """Take a notice away."""
    app.notices.dismiss(notice_id)
