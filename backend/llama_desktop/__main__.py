"""The entry of the program: `python -m llama_desktop`, `llama-desktop`, and the executable.

The embedded engine is this same program with a hidden first argument. It is dispatched before
anything else is imported, because its start is waited for.
"""

from __future__ import annotations

import sys


def run() -> int:
    """Run the app, or be its engine."""
    if sys.argv[1:2] == ["__llama-server"]:
        from llama_desktop.infrastructure.llama.engine.run import main as run_engine

        return run_engine(sys.argv[2:])
    from llama_desktop.main import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
