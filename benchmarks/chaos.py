"""A hundred rounds of random starts, stops and kills of server, app and window.

`python -m benchmarks.chaos [--rounds 100] [--seed 1] [--no-window]`: says what was done and what
was wrong; 1: something was. With Xvfb every other app opens a window.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.models import chat_model, endless_model, running_app

# After benchmarks.models, which makes the tests' own modules importable.
from driver.chaos import Chaos, OpenApp  # isort: skip
from driver.screen import screen  # isort: skip
from driver.window_app import window_app  # isort: skip
from models.make import broken_models  # isort: skip

_WINDOW_NEEDS = ("Xvfb", "openbox", "xdotool", "xclip")


def main(arguments: Sequence[str]) -> int:
    """Run the rounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-window", action="store_true")
    options = parser.parse_args(arguments)
    models = [chat_model(), endless_model(), broken_models() / "truncated-half.gguf"]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="llama-chaos-")))
        openers: list[OpenApp] = [running_app]
        if not options.no_window and all(map(shutil.which, _WINDOW_NEEDS)):
            openers.append(partial(window_app, stack.enter_context(screen())))
        outcome = Chaos(folder, models, openers, seed=options.seed).run(options.rounds)
    print(f"{outcome.rounds} rounds, seed {options.seed}, {len(openers)} ways to open the app")
    print("steps:", ", ".join(f"{name} {count}" for name, count in outcome.steps.most_common()))
    print("states:", ", ".join(f"{name} {count}" for name, count in outcome.states.most_common()))
    print(f"servers that came back by themselves: {outcome.restarts}")
    print(f"questions taken: {outcome.questions}")
    print(f"faults: {len(outcome.faults)}")
    for fault in outcome.faults:
        print(f"  {fault}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
