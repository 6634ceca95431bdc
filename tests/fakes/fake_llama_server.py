"""A program that answers like llama-server and misbehaves on request.

What it does is written in the model file (`fakes.fake_behaviour`). `install` puts it into a folder
as an executable called `llama-server`. It needs the standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from fakes.fake_behaviour import Behaviour, read_behaviour

if TYPE_CHECKING:
    from fakes.fake_llama_http import FakeHttpServer

VERSION = "0.5.0-fake (build 1, commit fa4e000)"

_DEVICES = "FAKE_DEVICES"
_OLD = "FAKE_IS_OLD"
_FIT = "-fit,  --fit"
_FLAGS = (
    ("-t,    --threads", "N", "number of CPU threads to use during generation (default: -1)"),
    ("-c,    --ctx-size", "N", "size of the prompt context (default: 0)"),
    ("-b,    --batch-size", "N", "logical maximum batch size (default: 2048)"),
    ("-ub,   --ubatch-size", "N", "physical maximum batch size (default: 512)"),
    ("-fa,   --flash-attn", "[on|off|auto]", "set Flash Attention use"),
    ("-ctk,  --cache-type-k", "TYPE", "KV cache data type for K"),
    ("-ctv,  --cache-type-v", "TYPE", "KV cache data type for V"),
    ("-ngl,  --gpu-layers, --n-gpu-layers", "N", "max. number of layers to store in VRAM"),
    (
        "-ncmoe, --n-cpu-moe",
        "N",
        "keep the Mixture of Experts (MoE) weights of N layers in the CPU",
    ),
    ("-dev,  --device", "<dev1,dev2,..>", "devices to use for offloading (none = don't offload)"),
    (_FIT, "[on|off]", "whether to adjust unset arguments to fit in device memory"),
    ("-m,    --model", "FNAME", "model path to load"),
    ("-mm,   --mmproj", "FILE", "path to a multimodal projector file. see tools/mtmd/README.md"),
    ("-np,   --parallel", "N", "number of server slots (default: -1, -1 = auto)"),
    ("-a,    --alias", "STRING", "set model name aliases, comma-separated"),
    ("--host", "HOST", "IP addresses to listen on, comma-separated"),
    ("--port", "PORT", "port to listen (default: 8080)"),
    ("--ui,  --webui, --no-ui, --no-webui", None, "whether to enable the Web UI"),
    ("--embedding, --embeddings", None, "restrict to only support embedding use case"),
    ("--slots, --no-slots", None, "expose slots monitoring endpoint (default: enabled)"),
    ("--jinja, --no-jinja", None, "whether to use jinja template engine for chat"),
)


def install(folder: Path, *, devices: str | None = None, fits_memory: bool = True) -> Path:
    """Make the executable; returns its path. POSIX only.

    `devices` are the lines that it lists its GPUs with; None: it is too old for the question.
    `fits_memory`: it is new enough to take as much as there is memory for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "llama-server"
    tests = str(Path(__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {tests!r}); "
        "from fakes.fake_llama_server import main; main()"
    )
    # -S and -E: without site-packages and our environment it starts in half the time
    command = shlex.join([sys.executable, "-S", "-E", "-c", code])
    listing = "" if devices is None else f"export {_DEVICES}={shlex.quote(devices)}\n"
    if not fits_memory:
        listing += f"export {_OLD}=1\n"
    # Who can tell how far it is has these words in it, as a real one.
    words = "cmd_child_to_router:state:"
    program.write_text(f'#!/bin/sh\n# {words}\n{listing}exec {command} "$@"\n')
    program.chmod(0o755)
    return program


def main() -> None:
    """Run with llama-server's command line."""
    if "--version" in sys.argv:
        print(f"version: {VERSION}\nbuilt with Python for tests", file=sys.stderr)
        return
    if "--help" in sys.argv or "-h" in sys.argv:
        print("----- common params -----\n")
        for spellings, value, text in _FLAGS:
            if spellings == _FIT and _OLD in os.environ:
                continue
            print(f"{spellings} {value or ''}".ljust(40) + text)
        return
    if "--list-devices" in sys.argv and _DEVICES in os.environ:
        print(f"Available devices:\n{os.environ[_DEVICES]}")
        return
    arguments = _parse()
    FakeServer(arguments, read_behaviour(Path(arguments.model))).run()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for spellings, value, _ in _FLAGS:
        names = [name.strip() for name in spellings.split(",")]
        parser.add_argument(*names, action="store_true" if value is None else "store")
    parser.set_defaults(port="8080", alias=None)
    arguments, unknown = parser.parse_known_args()
    if unknown:
        print(f"error: invalid argument: {unknown[0]}", file=sys.stderr)
        sys.exit(1)
    return arguments


class FakeServer:
    """One life, from launch to end, by the rules of llama-server and of its behaviour."""

    def __init__(self, arguments: argparse.Namespace, behaviour: Behaviour) -> None:
        self._arguments = arguments
        self._behaviour = behaviour
        self._is_watched = os.environ.get("LLAMA_SERVER_ROUTER_PORT") is not None
        self._start = time.monotonic()

    def run(self) -> None:
        """Load, then serve until told to leave."""
        behaviour = self._behaviour
        self._listen_to_orders()
        if behaviour.forks:
            self._fork()
        if behaviour.dies == "at_once":
            self._die()
        server = self._open_port() if behaviour.listens else None
        self._load()
        if server is not None and behaviour.load_seconds >= 0:
            server.healthy.set()
            self._log("srv  llama_server: model loaded")
            self._report_state("ready", None)
        if behaviour.log_lines_per_second:
            threading.Thread(target=self._chatter, daemon=True).start()
        if behaviour.dies == "running" and server is not None:
            server.was_recognised.wait()
            time.sleep(behaviour.dies_seconds)
            self._die()
        threading.Event().wait()

    def _listen_to_orders(self) -> None:
        if self._behaviour.deaf:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return
        for order in {signal.SIGTERM, signal.SIGINT} - {self._behaviour.exit_signal}:
            signal.signal(order, self._obey)
        if self._is_watched:
            threading.Thread(target=self._watch_stdin, daemon=True).start()

    def _obey(self, *_: object) -> None:
        if not self._behaviour.waits_for_word:
            self._leave(0)

    def _watch_stdin(self) -> None:
        for line in sys.stdin:
            if line.strip() == "cmd_router_to_child:exit":
                self._leave(0)
        self._leave(1)  # our parent has gone

    def _fork(self) -> None:
        ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        code = f"{ignore if self._behaviour.deaf else ''}import time; time.sleep(60)"
        child = subprocess.Popen([sys.executable, "-S", "-E", "-c", code])
        self._log(f"grandchild pid {child.pid}")

    def _open_port(self) -> FakeHttpServer:
        # Its import takes longer than all the rest, and `--version` need not wait for it.
        from fakes.fake_llama_http import FakeHttpServer

        port = int(self._arguments.port)
        stranger = self._behaviour.stranger
        try:
            server = FakeHttpServer(
                port,
                self._behaviour,
                api_key="a stranger's key" if stranger else os.environ.get("LLAMA_API_KEY"),
                alias="stranger" if stranger else self._find_alias(),
                model_path=self._arguments.model,
                die=self._die,
            )
        except OSError:
            self._log(
                f"srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: {port}",
                level="E",
            )
            self._leave(1)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        self._log(f"srv  llama_server: server is listening on {address}")
        return server

    def _find_alias(self) -> str:
        return self._arguments.alias or Path(self._arguments.model).stem

    def _load(self) -> None:
        behaviour = self._behaviour
        self._log(f"llama_model_load: loading {self._arguments.model}")
        for number in range(behaviour.log_lines):
            self._log(f"llama_model_load: line {number} of {behaviour.log_lines}")
        if behaviour.log_hex:
            sys.stderr.buffer.write(bytes.fromhex(behaviour.log_hex))
            sys.stderr.buffer.flush()
        if behaviour.load_seconds < 0:
            threading.Event().wait()
        for step in range(5):
            self._report_state("loading", step / 4)
            if behaviour.dies == "loading" and step == 2:
                self._die()
            time.sleep(behaviour.load_seconds / 4 if step < 4 else 0)

    def _chatter(self) -> None:
        per_second = self._behaviour.log_lines_per_second
        begin = time.monotonic()
        number = 0
        while True:
            while number < (time.monotonic() - begin) * per_second:
                self._log(f"slot update_slots: id 0 | task {number} | n_past = {number % 4096}")
                number += 1
            time.sleep(0.01)

    def _die(self) -> NoReturn:
        for words in self._behaviour.last_words:
            print(words, file=sys.stderr, flush=True)
        if self._behaviour.exit_signal is not None:
            os.kill(os.getpid(), self._behaviour.exit_signal)
            threading.Event().wait()
        os._exit(self._behaviour.exit_code)

    def _leave(self, exit_code: int) -> NoReturn:
        time.sleep(self._behaviour.ends_seconds)
        os._exit(exit_code)

    def _log(self, text: str, level: str = "I") -> None:
        if not self._behaviour.silent:
            seconds, rest = divmod(time.monotonic() - self._start, 1)
            stamp = f"0.{seconds:02.0f}.{rest * 1e3:03.0f}.000"
            print(f"{stamp} {level} {text}", file=sys.stderr, flush=True)

    def _report_state(self, state: str, value: float | None) -> None:
        """What llama-server tells its router, when it believes that it has one."""
        if self._is_watched and not self._behaviour.silent:
            payload: dict[str, object] = {}
            if value is not None:
                payload = {"stages": ["text_model"], "current": "text_model", "value": value}
            message = json.dumps({"state": state, "payload": payload})
            print(f"cmd_child_to_router:state:{message}", flush=True)
