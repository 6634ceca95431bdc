"""Makes the pictures in docs/screenshots: the real page of the real app, on a made-up history.

`npm run screenshots`. The chats are written by the app's own storage; the model that is loaded is
a tiny one of the tests under a real model's name, so that the page has something to show.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from driver.running_app import RunningApp, running_app
from driver.shown_chats import write_shown_chats
from models.make import chat_model, think_model

PICTURES = ROOT / "docs" / "screenshots"
THEMES = ("dark", "light")


def main() -> int:
    """Take every picture in both themes."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser_program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data, models = Path(folder, "data"), Path(folder).parent / "Models"
        write_shown_chats(data)
        model = _name_models(models)
        browser = playwright.chromium.launch(executable_path=browser_program, args=["--no-sandbox"])
        with running_app(data) as app:
            app.invoke("add_model_folder", path=str(models))
            app.invoke("start_llama_server", config={"model_path": str(model), "threads": 1})
            for theme in THEMES:
                _take_all(browser, app, theme)
        browser.close()
        shutil.rmtree(models)
    return 0


def _name_models(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("gemma-3-12b-it-Q4_K_M", "Mistral-Small-3.2-24B-Q4_K_M", "gpt-oss-20b-MXFP4"):
        shutil.copyfile(chat_model(), folder / f"{name}.gguf")
    model = folder / "Qwen3-8B-Q4_K_M.gguf"
    shutil.copyfile(think_model(), model)
    return model


def _take_all(browser: Browser, app: RunningApp, theme: str) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 832},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(app.url)
    message = page.get_by_role("textbox", name="Message")
    message.wait_for()
    _take(page, f"chat-empty-{theme}")
    page.get_by_role("navigation").get_by_text("VPD targets").click()
    page.locator(".katex").first.wait_for()
    page.get_by_text("68.4 tok/s").wait_for()
    _take(page, f"chat-end-{theme}")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    message.fill("And how would I log this to a CSV every minute")
    page.get_by_text("tokens").last.wait_for()
    _take(page, f"chat-{theme}")
    message.fill("")
    page.get_by_role("button", name="Chat settings").click()
    _take(page, f"chat-settings-{theme}")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+2")
    page.get_by_role("button", name="Add folder").first.wait_for()
    _take(page, f"models-{theme}")
    page.keyboard.press("Control+1")
    page.set_viewport_size({"width": 480, "height": 832})
    _take(page, f"chat-narrow-{theme}")
    context.close()


def _take(page: Page, name: str) -> None:
    time.sleep(0.6)  # what fades in has no event of its own
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
