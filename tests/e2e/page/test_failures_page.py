"""Every failure on the page: its card with its cures, the restart, the doctor. One app for all."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from driver.accessibility import find_violations
from driver.answers import await_more, await_words
from driver.running_app import CommandFailed, RunningApp, running_app
from fakes.fake_behaviour import Behaviour, write_fake_model
from fakes.fake_llama_server import install
from llama_desktop.bridge.codec import encode
from llama_desktop.domain.failure import Ending
from llama_desktop.domain.llama import Failed, ServerConfig
from llama_desktop.services.llama.diagnosis.diagnose import diagnose
from llama_desktop.services.llama.diagnosis.evidence import Evidence

OpenPage = Callable[..., Page]
PATIENCE_MS = 20_000

GPU_OUT = (
    "using device CUDA0 (NVIDIA GeForce RTX 4070) - 11345 MiB free",
    "load_tensors: offloaded 41/41 layers to GPU",
    "ggml_backend_cuda: allocating 13302.36 MiB on device 0: cudaMalloc failed: out of memory",
    "alloc_tensor_range: failed to allocate CUDA0 buffer of size 13948534784",
)
MODEL = "E llama_model_load: error loading model: "

FAILURES: list[tuple[dict[str, Any], str, str]] = [
    ({"last_words": GPU_OUT}, "out of GPU memory", "Load with 31 of 41 layers"),
    ({"last_words": ("E ggml: failed to allocate CPU buffer of size 99999999999",)},
     "out of memory", "Choose another model"),
    ({"last_words": ("E tensor 'x' data is not within the file bounds",)},
     "the model's file is incomplete", "Download again"),
    ({"last_words": (f"{MODEL}failed to load GGUF split from /m/a-00002-of-00002.gguf",)},
     "a part of the model is missing", "Download again"),
    ({"last_words": (f"{MODEL}check_tensor_dims: tensor 'x' not found",)},
     "the model is damaged", "Download again"),
    ({"last_words": ("E this GGUF file is version 99 but this software only supports up to 3",)},
     "unknown version of GGUF", "Use the built-in engine"),
    ({"last_words": (f"{MODEL}unknown model architecture: 'martian'",)},
     "unknown kind of model", "Use the built-in engine"),
    ({"last_words": ("E srv init: chat template parsing error",)},
     "broken chat template", "Download again"),
    ({"last_words": ("x: error while loading shared libraries: libq.so: cannot open",),
      "exit_code": 127}, "a library is missing", "Use the built-in engine"),
    ({"exit_signal": int(signal.SIGILL)},
     "built for another processor", "Use the built-in engine"),
    ({"last_words": ("error: invalid argument: --bogus",)},
     "an unknown setting", "Use the built-in engine"),
    ({"last_words": ("E srv start: couldn't bind HTTP server socket, port: 80",)},
     "the port is taken", "Load again"),
    ({"last_words": ("what():  vk::Queue::submit: ErrorDeviceLost",),
      "exit_signal": int(signal.SIGABRT)}, "the GPU's driver failed", "Load again"),
    ({"last_words": ("E write: No space left on device",)}, "the disk is full", "Load again"),
    ({"last_words": ("E open: Permission denied",)}, "not allowed", "Load again"),
    ({"last_words": ("GGML_ASSERT(n > 0) failed",), "exit_signal": int(signal.SIGABRT)},
     "gave up on an error of its own", "Load again"),
    ({"exit_signal": int(signal.SIGSEGV)}, "crashed", "Load again"),
    ({"exit_signal": int(signal.SIGKILL)}, "ended from outside", "Load again"),
    ({"exit_code": 9}, "unknown reason", "Load again"),
    ({"last_words": ("E gguf_init: invalid magic characters: '<!DO', expected 'GGUF'",)},
     "not a model", "Download again"),
    ({"last_words": ("E gguf_init_from_reader: failed to read magic",)},
     "the model's file is empty", "Download again"),
    ({"last_words": ("E failed to open GGUF file '/m/a.gguf' (No such file or directory)",)},
     "the model's file is gone", "Download again"),
    ({"last_words": ("E failed to open GGUF file '/m/a.gguf' (Permission denied)",)},
     "the model may not be read", "Load again"),
    ({"dies": None, "stranger": True}, "another program answered", "Load again"),
    ({"exit_code": 0}, "ended in good order", "Load again"),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program of this module's own, which a test may spoil."""
    if sys.platform == "win32":
        pytest.skip("signals of POSIX")
    return install(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[RunningApp]:
    data = tmp_path_factory.mktemp("failures") / "data"
    with running_app(data, "--llama-server", str(engine)) as started:
        started.be_quiet()
        yield started


@pytest.fixture(scope="module", autouse=True)
def hanging(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[RunningApp]:
    """An app whose model says nothing while it loads; it gets to be suspected while others run."""
    folder = tmp_path_factory.mktemp("hanging")
    model = write_fake_model(folder / "sleeper.gguf", Behaviour(silent=True, load_seconds=-1))
    with running_app(folder / "data", "--llama-server", str(engine)) as started:
        started.be_quiet()
        with ThreadPoolExecutor(1) as waiting:
            waiting.submit(load, started, model)
            yield started
            started.invoke("stop_llama_server")


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., Path]:
    return lambda name, **behaviour: write_fake_model(
        tmp_path / f"{name}.gguf", Behaviour(**behaviour)
    )


def load(app: RunningApp, model: Path, **config: Any) -> None:
    with contextlib.suppress(CommandFailed):
        app.invoke("start_llama_server", config={"model_path": str(model), **config})


def open_card(page: Page) -> Locator:
    page.get_by_role("button", name="What happened").first.click()
    dialog = page.get_by_role("dialog", name="What happened")
    expect(dialog).to_be_visible(timeout=PATIENCE_MS)
    return dialog


def test_every_failure_shows_its_card_with_its_likely_cure_first(
    app: RunningApp, open_page: OpenPage, fake: Callable[..., Path]
) -> None:
    page = open_page()
    for number, (behaviour, headline, cure) in enumerate(FAILURES):
        load(app, fake(f"model-{number}", **{"dies": "loading", **behaviour}))
        expect(page.get_by_text(f"model-{number} could not be loaded", exact=True)).to_be_visible()
        card = open_card(page).get_by_role("region", name=f"llama-server stopped: {headline}")
        expect(card).to_be_visible()
        expect(card.get_by_role("list").get_by_role("button").first).to_have_text(cure)
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
    stored = app.invoke("get_server_state")
    assert stored["type"] == "failed"


def test_an_end_by_the_kernel_for_want_of_memory_shows_its_card(
    app: RunningApp, open_page: OpenPage
) -> None:
    """From a recorded ending, told by the page's own socket: no test makes a machine run out."""
    samples = (Path(__file__).parents[2] / "samples" / "failures.json").read_text("utf-8")
    sample = next(
        sample for sample in json.loads(samples) if sample["cause"] == "killed_for_memory"
    )
    ending = msgspec.convert({"command": ["llama-server"], "time": 1.0, **sample}, Ending)
    config = ServerConfig(model_path=Path("/m/llama.gguf"))
    failure = diagnose(Evidence(ending=ending, config=config, model_name="Llama"))
    state = json.loads(encode(Failed(config=config, failure=failure)))

    def tell(message: str | bytes) -> None:
        frame = json.loads(message)
        told = [[topic, n, state if topic == "server_state" else what] for topic, n, what in frame]
        socket.send(json.dumps(told))

    def between(route: WebSocketRoute) -> None:
        nonlocal socket
        socket = route
        route.connect_to_server().on_message(tell)

    socket: WebSocketRoute
    page = open_page(before=lambda page: page.route_web_socket("**/api/events", between))
    page.keyboard.press("Control+3")
    card = page.get_by_role("region", name="llama-server stopped: out of memory")
    expect(card).to_contain_text("The system ran out of memory while it loaded")
    expect(card.get_by_role("list").get_by_role("button").first).to_be_enabled()


def test_a_program_that_may_not_be_started_is_told_with_a_working_one_offered(
    app: RunningApp, open_page: OpenPage, fake: Callable[..., Path], engine: Path
) -> None:
    page = open_page()
    page.keyboard.press("Control+3")
    engine.chmod(0o644)
    try:
        load(app, fake("ready"))
    finally:
        engine.chmod(0o755)
    card = page.get_by_role("region", name="llama-server stopped: the engine cannot be started")
    expect(card).to_contain_text(str(engine))
    expect(card.get_by_role("list").get_by_role("button").first).to_have_text(
        "Use the built-in engine"
    )


def test_a_crash_at_the_first_question_is_told_as_such(
    app: RunningApp, open_page: OpenPage, fake: Callable[..., Path]
) -> None:
    load(app, fake("fragile", dies="chatting", exit_signal=int(signal.SIGSEGV)))
    page = open_page()
    page.keyboard.press("Control+3")
    chat = app.invoke("create_conversation")
    with app.listen("server_state") as states:
        app.invoke("send_message", conversation_id=chat["id"], content="Hello")
        states.until("server_state", lambda state: state["type"] != "running")
        last = states.until("server_state", lambda state: state["type"] in ("running", "failed"))[
            -1
        ]
        if last["type"] == "running":  # it was loaded again by itself, once
            app.invoke("send_message", conversation_id=chat["id"], content="Hello again")
            states.until("server_state", lambda state: state["type"] == "failed")
    card = page.get_by_role("region", name="llama-server stopped: crashed at the first question")
    expect(card).to_be_visible()


def test_the_same_failure_again_offers_something_else_first(
    app: RunningApp, open_page: OpenPage, fake: Callable[..., Path]
) -> None:
    page = open_page()
    model = fake("stubborn", dies="loading", last_words=GPU_OUT)
    first = []
    for number in range(3):
        load(app, model)
        expect(page.get_by_text("stubborn could not be loaded", exact=True)).to_be_visible()
        card = open_card(page)
        first.append(card.get_by_role("list").get_by_role("button").first.inner_text())
        if number == 1:
            expect(card).to_contain_text("second try")
        page.keyboard.press("Escape")
    assert len(set(first)) == 3


def test_a_cure_is_carried_out_by_its_button(
    app: RunningApp, open_page: OpenPage, fake: Callable[..., Path]
) -> None:
    page = open_page()
    load(app, fake("big", dies="loading", last_words=GPU_OUT))
    page.get_by_role("button", name="Load with 31 of 41 layers").click()
    expect(page.get_by_text("big could not be loaded", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Load with 31 of 41 layers")).to_be_hidden()
    state = app.invoke("get_server_state")
    assert state["config"]["gpu_layers"] == 31


def test_a_crash_in_the_middle_of_an_answer_comes_back_and_goes_on(
    app: RunningApp, open_page: OpenPage, slow_endless_model: Path
) -> None:
    config = {"built_in_engine": True, "threads": 1, "context_size": 1024}
    load(app, slow_endless_model, **config)
    page = open_page()
    message = page.get_by_role("textbox", name="Message")
    message.fill("Talk until you die")
    message.press("Enter")
    answer = page.get_by_role("article").nth(1)
    await_words(answer)

    psutil.Process(app.invoke("get_server_state")["pid"]).kill()

    notice = answer.get_by_role("alert")
    expect(notice).to_contain_text("llama-server stopped in the middle of this answer")
    expect(notice).to_contain_text("saved")
    expect(notice).to_contain_text("loaded again", timeout=PATIENCE_MS)
    before = _last_answer(app)
    go_on = notice.get_by_role("button", name="Continue")
    expect(go_on).to_be_enabled(timeout=PATIENCE_MS)
    go_on.click()
    expect(notice).to_be_hidden()
    await_more(page, answer)
    page.get_by_role("button", name="Stop").click()
    expect(answer).to_contain_text("stopped")
    after = _last_answer(app)
    assert after.startswith(before)
    assert len(after) > len(before)

    psutil.Process(app.invoke("get_server_state")["pid"]).kill()
    expect(page.get_by_text("has stopped").first).to_be_visible(timeout=PATIENCE_MS)
    assert app.invoke("get_server_state")["type"] == "failed"


def _last_answer(app: RunningApp) -> str:
    chat = app.invoke("list_conversations")[0]
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    return str(kept["messages"][-1]["content"])


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 480)])
def test_card_and_doctor_are_for_everybody(
    app: RunningApp,
    open_page: OpenPage,
    fake: Callable[..., Path],
    picture: Callable[[Page, str], None],
    theme: str,
    width: int,
) -> None:
    page = open_page(theme=theme, width=width)
    load(app, fake("big", dies="loading", last_words=GPU_OUT))
    expect(page.get_by_text("big could not be loaded", exact=True)).to_be_visible()
    picture(page, f"error-load-{theme}-{width}")
    dialog = open_card(page)
    found = {"card": find_violations(page)}
    picture(page, f"crash-card-{theme}-{width}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="What happened").first).to_be_focused()

    load(app, fake("missing-part", dies="loading", exit_code=9))
    dialog = open_card(page)
    dialog.get_by_role("button", name="Look it over").click()
    doctor = page.get_by_role("dialog", name="Doctor")
    expect(doctor.get_by_role("list", name="Engines", exact=True)).to_contain_text(
        "It is used", timeout=PATIENCE_MS
    )
    found["doctor"] = find_violations(page)
    picture(page, f"doctor-{theme}-{width}")
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.keyboard.press("Escape")
    expect(doctor).to_be_hidden()
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_a_load_that_seems_to_hang_is_told_and_can_be_given_up(
    hanging: RunningApp,
    open_page: OpenPage,
    picture: Callable[[Page, str], None],
    theme: str,
    width: int,
) -> None:
    page = open_page(theme=theme, width=width, url=hanging.url)
    page.keyboard.press("Control+3")
    card = page.get_by_role("region", name="sleeper is still being loaded")
    expect(card).to_contain_text("has given no sign of life for", timeout=60_000)
    picture(page, f"server-hang-{theme}-{width}")
    assert find_violations(page) == []
    if width == 480:
        card.get_by_role("button", name="Cancel").click()
        expect(card).to_be_hidden()
        assert hanging.invoke("get_server_state")["type"] == "stopped"
