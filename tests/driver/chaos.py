"""Starts, stops and kills server, app and window in a random order, and looks what is true then.

After every step: what the app says of its server is so, and no server is there that it does not
say. After every end of an app: no process of it is left, and all that it had taken is on disk.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from driver.running_app import CommandFailed, RunningApp

OpenApp = Callable[[Path], AbstractContextManager[RunningApp]]

_GONE_SECONDS: Final = 10.0
"""For processes to leave after their app was killed; on a quiet machine it takes milliseconds."""
_SETTLED: Final = ("stopped", "running", "failed")


@dataclass(slots=True)
class Outcome:
    """What was done, and what was wrong."""

    rounds: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    """How often a server came back by itself."""
    questions: int = 0
    faults: list[str] = field(default_factory=list)


class Chaos:
    """One seed, one order of things. The models have paths of its own, to know its servers by."""

    def __init__(
        self, folder: Path, models: list[Path], openers: list[OpenApp], *, seed: int
    ) -> None:
        """`openers` open an app on a data folder: headless, or in a window."""
        self._data = folder / "data"
        self._models = [_own(model, folder / "models") for model in models]
        self._folder = folder
        self._openers = openers
        self._random = random.Random(seed)
        self._stack = contextlib.ExitStack()
        self._app: RunningApp | None = None
        self._chat = ""
        self._asked: list[tuple[str, str]] = []
        self.outcome = Outcome()

    def run(self, rounds: int) -> Outcome:
        """So many rounds, each a step and a look."""
        try:
            for _ in range(rounds):
                self._round()
                self.outcome.rounds += 1
            self._end_app("end")
            with self._openers[0](self._data) as app:
                self._look_at_what_is_kept(app)
        finally:
            self._stack.close()
        self._look_for_leftovers("at the end")
        self._look_for_damage()
        return self.outcome

    def _round(self) -> None:
        app = self._app or self._open()
        step = self._random.choice(
            ["load", "load", "load", "switch", "stop", "ask", "ask", "kill server",
             "kill server", "break server", "kill app", "end app", "drop page"]
        )  # fmt: skip
        self.outcome.steps[step] += 1
        match step:
            case "load":
                self._load(app, wait=True)
            case "switch":
                self._load(app, wait=False)
                self._load(app, wait=self._random.random() < 0.5)
            case "stop":
                app.invoke("stop_llama_server")
            case "ask":
                self._ask(app)
            case "kill server":
                self._hit_server(app, signal.SIGKILL)
            case "break server":
                self._hit_server(app, self._random.choice([signal.SIGSEGV, signal.SIGTERM]))
            case "kill app" | "end app":
                self._end_app("kill" if step == "kill app" else "end")
                return
            case "drop page":
                with app.listen("server_state", "answers", "conversations") as events:
                    events.next()
        self._look_at_state(app, step)

    def _open(self) -> RunningApp:
        opener = self._random.choice(self._openers)
        app = self._stack.enter_context(opener(self._data))
        self._look_at_what_is_kept(app)
        self._app = app
        self._chat = app.invoke("create_conversation")["id"]
        return app

    def _end_app(self, how: str) -> None:
        app, self._app = self._app, None
        if app is None:
            return
        if how == "kill":
            app.kill()
        else:
            app.end()
        self._stack.close()
        self._look_for_leftovers(f"after the app's {how}")

    def _load(self, app: RunningApp, *, wait: bool) -> None:
        config = {"model_path": str(self._random.choice(self._models)), "threads": 1}
        if wait:
            with contextlib.suppress(CommandFailed):
                app.invoke("start_llama_server", config=config)
        else:
            threading.Thread(target=_load_quietly, args=(app, config), daemon=True).start()

    def _ask(self, app: RunningApp) -> None:
        if app.invoke("get_server_state")["type"] != "running":
            config = {"model_path": str(self._models[0]), "threads": 1}
            with contextlib.suppress(CommandFailed):
                app.invoke("start_llama_server", config=config)
        text = f"Question {self.outcome.questions}"
        with contextlib.suppress(CommandFailed):
            app.invoke("send_message", conversation_id=self._chat, content=text)
            self._asked.append((self._chat, text))
            self.outcome.questions += 1

    def _hit_server(self, app: RunningApp, number: signal.Signals) -> None:
        pid = app.invoke("get_server_state").get("pid")
        if pid is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).send_signal(number)

    def _look_at_state(self, app: RunningApp, step: str) -> None:
        """Once it has settled: a start may still be under way, and a crash is being mended."""
        with app.listen("server_state") as events:
            states = events.until("server_state", lambda state: state["type"] in _SETTLED)
        self.outcome.restarts += any(state.get("recovers_from") for state in states)
        state = states[-1]
        self.outcome.states[state["type"]] += 1
        servers = self._servers()
        match state["type"]:
            case "running" if not self._is_true(app, state):
                self.outcome.faults.append(f"after {step}: {state} is not so")
            case "running" if len(servers) > 1:
                self.outcome.faults.append(f"after {step}: {len(servers)} servers run")
            case "stopped" | "failed":
                self._look_that_none_runs(app, state, step)

    def _look_that_none_runs(self, app: RunningApp, state: dict[str, Any], step: str) -> None:
        deadline = time.monotonic() + _GONE_SECONDS
        # A wish that came meanwhile is no fault: then the state is another by now.
        while (left := self._servers()) and app.invoke("get_server_state") == state:
            if time.monotonic() > deadline:
                self.outcome.faults.append(f"after {step}: {state['type']}, but {left} run")
                return

    def _is_true(self, app: RunningApp, state: dict[str, Any]) -> bool:
        """It answers, it is this process; or it has gone since, and that is being told."""
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{state['base_url']}/health", trust_env=False).status_code == 200:
                return psutil.pid_exists(state["pid"])
        with app.listen("server_state") as events:
            events.until("server_state", lambda now: now != state)
        return True

    def _servers(self) -> list[int]:
        """The pids of the llama-servers with our models."""
        ours = str(self._folder / "models")
        found = []
        for process in psutil.process_iter(("pid", "cmdline", "status")):
            line = process.info["cmdline"] or []
            is_server = "--alias" in line and any(word.startswith(ours) for word in line)
            if is_server and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.info["pid"])
        return found

    def _wait_gone(self) -> list[int]:
        deadline = time.monotonic() + _GONE_SECONDS
        while (servers := self._servers()) and time.monotonic() < deadline:
            psutil.wait_procs([psutil.Process(pid) for pid in servers if psutil.pid_exists(pid)], 1)
        return servers

    def _look_for_leftovers(self, when: str) -> None:
        if left := self._wait_gone():
            self.outcome.faults.append(f"{when}: {left} are left")

    def _look_at_what_is_kept(self, app: RunningApp) -> None:
        """Every question that the app had taken is there, and no answer claims to be under way."""
        for chat in {chat for chat, _ in self._asked}:
            messages = app.invoke("get_conversation", conversation_id=chat)["messages"]
            kept = {message["content"] for message in messages if message["role"] == "user"}
            lost = {text for asked, text in self._asked if asked == chat} - kept
            if lost:
                self.outcome.faults.append(f"lost: {lost}")
            if any(message["status"] in ("waiting", "answering") for message in messages):
                self.outcome.faults.append(f"an answer in {chat} is said to be under way")

    def _look_for_damage(self) -> None:
        damaged = self._data / "damaged"
        if damaged.exists() and (names := [path.name for path in damaged.iterdir()]):
            self.outcome.faults.append(f"damaged: {names}")


def _own(model: Path, folder: Path) -> Path:
    """The model under a path that no other test uses."""
    folder.mkdir(exist_ok=True)
    target = folder / model.name
    try:
        target.hardlink_to(model)
    except OSError:
        shutil.copyfile(model, target)
    return target


def _load_quietly(app: RunningApp, config: dict[str, Any]) -> None:
    """A wish that another may replace, or that ends with its app."""
    with contextlib.suppress(CommandFailed, httpx.HTTPError, RuntimeError):
        httpx.post(
            f"{app.base}/api/invoke/start_llama_server",
            json={"config": config},
            headers={"authorization": f"Bearer {app.token}"},
            timeout=60,
            trust_env=False,
        )
