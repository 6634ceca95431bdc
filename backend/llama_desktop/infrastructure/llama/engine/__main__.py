"""`python -m llama_desktop.infrastructure.llama.engine ARGS…`: be a llama-server."""

from __future__ import annotations

import sys

from llama_desktop.infrastructure.llama.engine.run import main

sys.exit(main(sys.argv[1:]))
