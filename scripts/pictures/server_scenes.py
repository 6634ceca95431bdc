"""The pictures of the Server page and of what goes wrong."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from driver.answers import await_more
from driver.running_app import CommandFailed, RunningApp, running_app
from driver.small_disk import mounted_disk
from fakes import fake_llama_server
from fakes.fake_behaviour import Behaviour
from fakes.fake_hub import fake_hub, make_content
from models import make
from pictures import texts
from pictures.chat_scenes import end_answers, load, open_chat
from pictures.history import write_history
from pictures.library import write_failing, write_library, write_named
from pictures.model_scenes import offline_environment
from pictures.stage import NARROW, Stage, put_mouse_away

_MEGA: Final = 10**6
_GPU_OUT: Final = (
    "0.00.100.001 I using device CUDA0 (NVIDIA GeForce RTX 4070) - 11345 MiB free",
    "0.00.100.002 I load_tensors: offloaded 41/41 layers to GPU",
    "0.00.100.004 E ggml_backend_cuda_buffer_type_alloc_buffer: allocating 13302.36 MiB on "
    "device 0: cudaMalloc failed: out of memory",
    "0.00.100.010 E alloc_tensor_range: failed to allocate CUDA0 buffer of size 13948534784",
    "0.00.100.016 E llama_model_load: error loading model: unable to allocate CUDA0 buffer",
    "0.00.100.022 E srv load_model: failed to load model, Mistral-Small-3.2-24B-Q4_K_M.gguf",
    "main: exiting due to model loading error",
)


def play_server(stage: Stage) -> None:
    """Take the page of a server that answers, and an answer that its end cuts."""
    if not stage.wants("server", "narrow-server", "error-midanswer"):
        return
    data = stage.folder / "server"
    write_history(data)
    model = write_library(stage.folder / "Models")
    with running_app(data) as app:
        app.be_quiet()
        app.invoke("add_model_folder", path=str(model.parent))
        load(app, model, parallel=2)
        for name, size in (("server", (1280, 832)), ("narrow-server", NARROW)):
            stage.take(name, app, _see_server, size=size)
            end_answers(app)
        stage.take("error-midanswer", app, partial(_cut, app))


def play_failures(stage: Stage) -> None:
    """Take what is seen where a model does not fit, by a server that says so."""
    if not stage.wants("server-crash", "error-load"):
        return
    data = stage.folder / "failures"
    write_history(data)
    library = stage.folder / "Fits"
    library.mkdir()
    for file in ("gemma-3-12b-it-Q4_K_M", "Llama-3.1-8B-Instruct-Q5_K_M"):
        write_named(library, file)
    broken = write_failing(
        library,
        "Mistral-Small-3.2-24B-Q4_K_M",
        Behaviour(dies="loading", last_words=_GPU_OUT),
    )
    program = fake_llama_server.install(stage.folder / "engine")
    with running_app(data, "--llama-server", str(program)) as app:
        app.be_quiet()
        app.invoke("add_model_folder", path=str(library))
        while len(app.invoke("list_models")) < 3:
            time.sleep(0.1)
        with contextlib.suppress(CommandFailed):
            load(app, broken, context_size=32_768)
        stage.take("error-load", app, _write_meanwhile)
        stage.take("server-crash", app, _open_server)


def play_full_disk(stage: Stage) -> None:
    """Take what a full disk does to downloads and to messages."""
    if not stage.wants("error-disk"):
        return
    place = stage.folder / "disk"
    with mounted_disk(place, 96) as disk, fake_hub() as hub:
        data = disk / "data"
        write_history(data)
        repo = "microsoft/Phi-4-mini-instruct-GGUF"
        hub.add(repo)["Phi-4-mini-instruct-Q8_0.gguf"] = make_content(41 * _MEGA)
        library = disk / "Models"
        library.mkdir()
        for name, size in (("Llama-3.3-70B-Instruct-Q4_K_M", 30), ("gpt-oss-20b-MXFP4", 12)):
            with (library / f"{name}.gguf").open("wb") as file:
                file.write(make.chat_model().read_bytes()[: 2 * _MEGA])
                file.write(bytes(size * _MEGA))
        with running_app(data, environment=offline_environment(hub)) as app:
            app.be_quiet()
            app.invoke("add_model_folder", path=str(library))
            app.invoke(
                "start_llama_server",
                config={"model_path": str(make.chat_model()), "threads": 1},
            )
            app.invoke("start_download", repo=repo, quantization="Q8_0")
            stage.take("error-disk", app, partial(_fill, disk))


def _see_server(page: Page) -> None:
    open_chat(page, texts.LOGGING)
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    _open_server(page)
    page.get_by_text(texts.LOGGING, exact=True).last.wait_for()
    page.wait_for_timeout(8_000)  # so that the graphs have a past


def _open_server(page: Page) -> None:
    page.get_by_role("textbox", name="Message").wait_for()
    page.keyboard.press("Control+3")
    page.get_by_role("heading", name="Server", exact=True).wait_for()
    page.get_by_role("log").wait_for()
    put_mouse_away(page)


def _cut(app: RunningApp, page: Page) -> None:
    open_chat(page, texts.CUT)
    page.get_by_role("button", name="Continue", exact=True).click()
    await_more(page, page.get_by_role("article").last)
    os.kill(app.invoke("get_server_state")["pid"], signal.SIGKILL)
    page.get_by_text("stopped in the middle of this answer").wait_for()
    page.get_by_role("button", name="Continue", exact=True).wait_for()
    put_mouse_away(page)


def _write_meanwhile(page: Page) -> None:
    page.get_by_role("textbox", name="Message").fill(
        "Rewrite the second paragraph so that it names the three sources of error in order of "
        "size, and keep the table."
    )
    page.get_by_text("could not be loaded").first.wait_for()


def _fill(disk: Path, page: Page) -> None:
    """A message is written when not a byte is free any more."""
    message = page.get_by_role("textbox", name="Message")
    message.wait_for()
    _leave_nothing(disk / "filler")
    message.fill("Is there room?")
    message.press("Enter")
    page.get_by_role("alert").filter(has_text="The disk is full.").wait_for()
    page.get_by_text("to first token").last.wait_for()
    page.keyboard.press("Control+2")
    page.get_by_role("region", name="Make room").get_by_role("listitem").first.wait_for()
    put_mouse_away(page)


def _leave_nothing(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (_MEGA, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
