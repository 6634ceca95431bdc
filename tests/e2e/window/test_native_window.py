"""The real pywebview window on a virtual screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from driver import drag_source
from driver.running_app import DEVELOPMENT, running_app
from driver.screen import Screen, screen
from driver.window_app import TITLE, WindowApp, window_app

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the virtual screen is an X server"
)
ENDED_SECONDS = 10.0


@pytest.fixture(scope="module")
def display() -> Iterator[Screen]:
    with screen() as started:
        yield started


@pytest.fixture
def opened_links(tmp_path: Path) -> Path:
    """Where a stand-in for xdg-open writes what it was asked to open."""
    links = tmp_path / "opened-links"
    links.touch()
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{links}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return links


@pytest.fixture
def app(display: Screen, tmp_path: Path, opened_links: Path) -> Iterator[WindowApp]:
    path = f"{opened_links.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    _be_quiet_from_the_start(tmp_path / "data")
    with window_app(display, tmp_path / "data", environment={"PATH": path}) as started:
        yield started


def _be_quiet_from_the_start(data: Path) -> None:
    """As `RunningApp.be_quiet`, which would come after the window's page."""
    with running_app(data) as app:
        app.be_quiet()


@contextlib.contextmanager
def page_of(app: WindowApp) -> Iterator[Page]:
    """The page in the window, driven from outside."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(app.debugging, no_defaults=True)
        [shown] = [page for context in browser.contexts for page in context.pages]
        shown.wait_for_load_state()
        shown.get_by_role("textbox").first.wait_for()
        yield shown
        browser.close()


@pytest.fixture
def page(app: WindowApp) -> Iterator[Page]:
    with page_of(app) as shown:
        yield shown


def test_the_main_job_is_done_in_the_window(app: WindowApp, page: Page, tiny_model: Path) -> None:
    app.invoke("add_model_folder", path=str(tiny_model.parent))
    app.invoke("start_llama_server", config={"model_path": str(tiny_model), "threads": 1})

    page.get_by_role("textbox").last.fill("Hello from the window")
    page.keyboard.press("Enter")

    page.get_by_role("article").nth(1).get_by_text("to first token").wait_for()
    [chat] = app.invoke("list_conversations")
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    assert kept["messages"][0]["content"] == "Hello from the window"
    assert kept["messages"][1]["status"] == "complete"


def test_a_folder_is_added_by_the_native_dialog(
    display: Screen, app: WindowApp, page: Page, tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my models"
    folder.mkdir()
    (folder / tiny_model.name).symlink_to(tiny_model)
    page.keyboard.press("Control+2")

    page.get_by_role("button", name="Add folder").first.click()
    display.find_window("Open folder")
    display.run("xdotool", "type", "--delay", "20", str(folder))
    display.run("xdotool", "key", "Return")

    page.get_by_role("button", name=f"Load {tiny_model.stem}", exact=True).wait_for()
    assert [one["path"] for one in app.invoke("get_model_library")["folders"]] == [str(folder)]


@contextlib.contextmanager
def dragged(display: Screen, page: Page, path: Path) -> Iterator[None]:
    """Drag a file from another program onto the app's window, until the page says it takes it."""
    page.evaluate("() => { window.overs = 0; addEventListener('dragover', () => window.overs++); }")
    command = [sys.executable, str(Path(drag_source.__file__)), str(path)]
    with subprocess.Popen(command, env=display.environment, stdout=subprocess.PIPE) as source:
        try:
            display.find_window(drag_source.TITLE)
            display.run("xdotool", "mousemove", "20", "20", "mousedown", "1")
            assert source.stdout is not None
            assert source.stdout.readline() == b"pressed\n"
            _move_as_a_hand_does(display, page)
            yield
        finally:
            source.terminate()


def _move_as_a_hand_does(display: Screen, page: Page) -> None:
    """In small steps, which X and Chromium leave out as they like, until the page took some."""
    for step in range(150):
        display.run("xdotool", "mousemove", str(300 + 4 * step), str(300 + 2 * step))
        with contextlib.suppress(PlaywrightTimeout):
            page.wait_for_function("() => window.overs >= 5", timeout=100)
            return
    pytest.fail("The page heard of no drag.")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_dropped_from_another_program_is_added_where_it_lies(
    display: Screen, app: WindowApp, page: Page, tiny_model: Path, tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "my models"
    folder.mkdir()
    model = folder / tiny_model.name
    shutil.copy(tiny_model, model)
    with dragged(display, page, model if what == "file" else folder):
        display.run("xdotool", "mouseup", "1")
        dialog = page.get_by_role("dialog", name="is in the library")
        dialog.get_by_role("button", name="Load" if what == "file" else "Show models").click()
    if what == "file":
        page.get_by_role("button", name="Model:").get_by_text("ready").wait_for()
    else:
        page.get_by_role("button", name=f"Load {model.stem}", exact=True).wait_for()
    assert [one["path"] for one in app.invoke("get_model_library")["folders"]] == [str(folder)]


def test_a_text_is_saved_by_the_native_dialog(
    display: Screen, app: WindowApp, tmp_path: Path
) -> None:
    target = tmp_path / "Plans.md"
    with ThreadPoolExecutor(1) as asking:
        answer = asking.submit(app.invoke, "save_file", name="Pl/ans?.md", text="# Plans\n√")
        display.find_window("Save file")
        display.run("xdotool", "key", "ctrl+a")
        display.run("xdotool", "type", "--delay", "20", str(target))
        display.run("xdotool", "key", "Return")
        assert answer.result() == str(target)
    assert target.read_text("utf-8") == "# Plans\n√"
    assert stat.S_IMODE(target.stat().st_mode) & 0o044  # as any program of the person's saves it
    assert [path for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_files_are_attached_by_the_native_dialog_and_cancelling_attaches_none(
    display: Screen, app: WindowApp, tmp_path: Path
) -> None:
    file = tmp_path / "main.py"
    file.write_text("x = 1")
    with ThreadPoolExecutor(1) as asking:
        answer = asking.submit(app.invoke, "pick_attachments")
        display.find_window("Open files")
        display.run("xdotool", "type", "--delay", "20", str(file))
        display.run("xdotool", "key", "Return")
        [attachment] = answer.result()
        answer = asking.submit(app.invoke, "pick_attachments")
        display.find_window("Open files")
        display.run("xdotool", "key", "Escape")
        assert answer.result() == []
    assert attachment["name"] == "main.py"
    content = app.invoke("get_attachment", attachment_id=attachment["id"])
    assert content["text"] == "x = 1"


def test_page_script_finds_no_way_to_python(page: Page) -> None:
    """What a script that got into the page would try with pywebview's own bridge."""
    found = page.evaluate(
        """() => ({
            pywebview: typeof window.pywebview,
            channel: typeof window.qt,
            constructor: typeof window.QWebChannel,
            external: typeof (window.external ?? {}).call,
        })"""
    )

    assert found == {
        "pywebview": "undefined",
        "channel": "undefined",
        "constructor": "undefined",
        "external": "undefined",
    }


def test_the_page_may_not_make_code_from_text(page: Page) -> None:
    refused = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) =>
                resolve(event.effectiveDirective), { once: true });
            const script = document.createElement('script');
            script.textContent = 'window.wasRun = true';
            document.body.append(script);
        })"""
    )

    assert refused.startswith("script-src")
    assert page.evaluate("() => window.wasRun === undefined")


def test_the_window_never_leaves_the_app_and_links_pass_the_gateway(
    app: WindowApp, page: Page, opened_links: Path
) -> None:
    page.evaluate("() => { location.href = 'https://example.org/by-script'; }")
    page.evaluate("() => { window.open('https://example.org/by-open'); }")
    page.evaluate("() => { window.open('file:///etc/passwd'); }")
    page.evaluate("() => { location.href = 'file:///etc/hosts'; }")
    app.invoke("open_external", url="https://example.org/last")

    page.wait_for_function("() => document.querySelector('textarea') !== null")
    assert page.url.startswith(app.base)
    opened = set(opened_links.read_text().split())
    assert "https://example.org/last" in opened
    assert not [link for link in opened if link.startswith("file:")]


def test_script_of_the_page_may_copy(display: Screen, page: Page) -> None:
    page.bring_to_front()

    page.evaluate("() => navigator.clipboard.writeText('copied from the page')")

    assert display.run("xclip", "-selection", "clipboard", "-o") == "copied from the page"


def test_a_permission_that_is_not_needed_is_refused_and_nothing_breaks(
    app: WindowApp, page: Page
) -> None:
    answer = page.evaluate(
        "() => navigator.mediaDevices.getUserMedia({audio: true})"
        ".then(() => 'given', (error) => error.name)"
    )

    assert answer != "given"
    assert app.process.poll() is None


def test_the_data_folder_is_opened(app: WindowApp, opened_links: Path, tmp_path: Path) -> None:
    app.invoke("open_data_folder")
    deadline = time.monotonic() + ENDED_SECONDS
    while not opened_links.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)  # another program writes it
    assert opened_links.read_text().splitlines() == [str(tmp_path / "data")]


def test_text_of_the_page_can_be_selected(page: Page) -> None:
    assert page.evaluate("() => getComputedStyle(document.querySelector('main')).userSelect") in (
        "auto",
        "text",
    )


def test_closing_the_window_ends_the_app_and_its_engine_and_keeps_the_place(
    display: Screen, tmp_path: Path, tiny_model: Path
) -> None:
    with window_app(display, tmp_path / "data") as app:
        state = app.invoke("start_llama_server", config={"model_path": str(tiny_model)})
        window = display.find_window(TITLE)
        display.run("xdotool", "windowsize", "--sync", window, "900", "700")

        display.run("xdotool", "windowactivate", "--sync", window, "key", "alt+F4")

        assert app.process.wait(ENDED_SECONDS) == 0
        assert not psutil.pid_exists(state["pid"])
    with window_app(display, tmp_path / "data"):
        geometry = display.run(
            "xdotool", "getwindowgeometry", "--shell", display.find_window(TITLE)
        )
    assert "WIDTH=900" in geometry
    assert "HEIGHT=700" in geometry


def test_what_is_written_the_moment_before_the_window_is_closed_is_kept(
    display: Screen, tmp_path: Path
) -> None:
    _be_quiet_from_the_start(tmp_path / "data")
    with window_app(display, tmp_path / "data") as app:
        window = display.find_window(TITLE)
        with page_of(app) as page:
            page.get_by_role("textbox", name="Message").focus()
        display.run("xdotool", "windowactivate", "--sync", window, "type", "--delay", "2", "Last")

        # Not sent to the window, which is gone before the keys are up: to whichever has the focus.
        display.run("xdotool", "key", "alt+F4")

        assert app.process.wait(ENDED_SECONDS) == 0
    with window_app(display, tmp_path / "data") as app:
        [draft] = app.invoke("get_drafts")
    assert draft["content"] == "Last"


def test_a_second_start_shows_the_first_window_and_ends(
    display: Screen, app: WindowApp, tmp_path: Path
) -> None:
    display.run("xdotool", "windowminimize", "--sync", display.find_window(TITLE))

    second = subprocess.run(
        [*DEVELOPMENT, "--data-dir", str(tmp_path / "data")],
        env=display.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert second.returncode == 0
    assert display.find_window(TITLE)
    assert app.process.poll() is None


def test_the_windows_thread_imports_nothing_that_the_core_imports(
    display: Screen, tmp_path: Path
) -> None:
    """Two threads that import the same packages can each get half a module, and the start dies."""
    seen = tmp_path / "seen"
    watcher = tmp_path / "watching" / "sitecustomize.py"
    watcher.parent.mkdir()
    watcher.write_text(
        "import sys, threading\n"
        "class Watcher:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        threads = {thread.name for thread in threading.enumerate()}\n"
        "        if 'core' in threads:\n"
        f"            with open({str(seen)!r}, 'a') as file:\n"
        "                print(threading.current_thread().name, name, file=file)\n"
        "sys.meta_path.insert(0, Watcher())\n"
    )
    with window_app(display, tmp_path / "data", environment={"PYTHONPATH": str(watcher.parent)}):
        pass

    imported = [line.split() for line in seen.read_text().splitlines()]
    by_core = {name for thread, name in imported if thread != "MainThread"}
    by_window = {name.partition(".")[0] for thread, name in imported if thread == "MainThread"}
    assert "llama_desktop.bootstrap" in by_core
    assert by_window == {"llama_desktop"}


def test_without_a_toolkit_a_browser_is_the_window(display: Screen, tmp_path: Path) -> None:
    """As on a machine where neither Qt nor GTK can be imported."""
    blocker = tmp_path / "without-toolkits" / "sitecustomize.py"
    blocker.parent.mkdir()
    blocker.write_text(
        "import sys\nfor name in ('qtpy', 'PySide6', 'gi'):\n    sys.modules[name] = None\n"
    )
    process = subprocess.Popen(
        [*DEVELOPMENT, "--data-dir", str(tmp_path / "data")],
        env={**display.environment, "PYTHONPATH": str(blocker.parent)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        window = display.find_window(TITLE)
        display.run("xdotool", "windowactivate", "--sync", window, "key", "alt+F4")

        assert process.wait(ENDED_SECONDS) == 0
    finally:
        process.kill()
        told = process.stderr.read()
        process.stderr.close()
    assert "No window can be opened" in told


def test_without_a_display_the_address_is_told(tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    process = subprocess.Popen(
        [*DEVELOPMENT, "--data-dir", str(tmp_path / "data")],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = [process.stderr.readline(), process.stderr.readline()]
    process.terminate()
    process.stderr.close()

    assert process.wait(ENDED_SECONDS) == 0
    assert "no display" in told[0]
    assert "http://127.0.0.1:" in told[1]
