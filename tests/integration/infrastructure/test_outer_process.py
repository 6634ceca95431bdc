"""The app ends with the outer process of its single-file executable."""

from __future__ import annotations

import subprocess
import sys
import threading

from llama_desktop.infrastructure.unpacked import end_with_process


def test_the_end_of_a_process_is_noticed_though_nobody_has_waited_for_it() -> None:
    outer = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    noticed = threading.Event()
    end_with_process(outer.pid, noticed.set)

    outer.kill()

    assert noticed.wait(10)
    outer.communicate()


def test_a_process_that_has_ended_before_is_noticed() -> None:
    outer = subprocess.Popen([sys.executable, "-c", ""])
    outer.wait()
    noticed = threading.Event()

    end_with_process(outer.pid, noticed.set)

    assert noticed.wait(10)
