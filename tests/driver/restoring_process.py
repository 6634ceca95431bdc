"""Goes to and fro between two snapshots for ever, in the data folder that it is given."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from driver.kept_state import make_so
from llama_desktop.bootstrap import open_application
from llama_desktop.infrastructure.desktop import NoDesktop
from llama_desktop.infrastructure.paths import AppPaths


async def main(folder: Path) -> None:
    """Everything says “old”, then “new”, then “old” …; a line on stdout before each change."""
    paths = AppPaths.locate(folder)
    paths.prepare()
    async with open_application(paths, desktop=NoDesktop(), version="test") as app:
        chats = [one.id for one in await app.conversations.list()] or None
        chats = await make_so(app, "old", chats)
        old = await app.snapshots.make()
        await make_so(app, "new", chats)
        new = await app.snapshots.make()
        while True:
            for snapshot in (old, new):
                print("restoring", flush=True)
                await app.restoring.restore(snapshot.id)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
