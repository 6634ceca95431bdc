"""The real trash, in a home of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

_MOVE = """
import sys
from pathlib import Path
from llama_desktop.infrastructure.system_trash import move_to_trash
move_to_trash(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' trash is the person's own")
def test_a_file_in_the_trash_can_be_put_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    model = tmp_path / "a model.gguf"
    model.write_bytes(b"GGUF weights")
    # A process of its own: where the trash is, is asked once.
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(data)}
    subprocess.run([sys.executable, "-c", _MOVE, str(model)], env=environment, check=True)

    assert not model.exists()
    assert (data / "Trash" / "files" / model.name).read_bytes() == b"GGUF weights"
    note = (data / "Trash" / "info" / f"{model.name}.trashinfo").read_text()
    assert "a model.gguf" in unquote(note)
