"""`python -m llama_desktop.infrastructure.llama.engine ARGS…`: be a llama-server."""

from __future__ import annotations

import os
import sys

from llama_desktop.infrastructure.llama.engine.run import main

code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.flush()
# Not sys.exit: the interpreter would wait for the threads of a server that is being left.
os._exit(code)
