"""Runs first in the packaged app, before any of it is imported. Named in build.spec."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from llama_desktop.infrastructure import unpacked

folder = Path(getattr(sys, "_MEIPASS", ""))
is_single_file = folder.name.startswith("_MEI")
is_engine = sys.argv[1:2] == ["__llama-server"]  # a child of the app, in the app's own folder

if is_single_file and not is_engine:
    unpacked.mark_in_use(folder)
    unpacked.end_with_outer_process()
    threading.Thread(target=unpacked.remove_left_folders, name="left folders", daemon=True).start()
