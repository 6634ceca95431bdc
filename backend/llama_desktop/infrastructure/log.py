"""Our own log: a rotating file, and warnings on stderr."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path
from typing import Final

LOG_FILE: Final = "llama-desktop.log"
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MAX_BYTES: Final = 2_000_000
_BACKUPS: Final = 3


def start_logging(folder: Path) -> None:
    """Log to the folder, or only to stderr where it cannot be written."""
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [console]
    try:
        handlers.append(
            logging.handlers.RotatingFileHandler(
                folder / LOG_FILE, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
            )
        )
    except OSError as error:
        sys.stderr.write(f"The log cannot be written: {error}\n")
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=handlers, force=True)
    # Each of these would log the address or a line for each request.
    for name in ("httpx", "httpcore", "uvicorn", "websockets", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
