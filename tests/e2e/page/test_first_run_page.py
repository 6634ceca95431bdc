"""From nothing to an answer: the first page, downloads, the finder, and dropped models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app
from fakes.fake_hub import FakeHub, fake_hub, make_content
from models.other_stores import write_other_stores

PATIENCE = 30_000


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as started:
        yield started


@pytest.fixture
def new_app(tmp_path: Path, hub: FakeHub) -> Iterator[RunningApp]:
    """An app that nobody has used, on the fake Hub, without a keychain."""
    environment = {
        "HF_ENDPOINT": hub.url,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "HF_TOKEN": "",
    }
    with running_app(tmp_path / "data", environment=environment) as started:
        yield started


@pytest.fixture
def open_new(browser: Browser, new_app: RunningApp) -> Iterator[Callable[..., Page]]:
    """Opens the page; at the end no page may have complained."""
    complaints: list[str] = []
    contexts = []

    def open_one(*, theme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 832},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(new_app.url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _offer(hub: FakeHub, app: RunningApp, content: bytes) -> dict[str, str]:
    """Put a real tiny model where the one for this computer is looked for."""
    suggestions = app.invoke("get_first_run")["suggestions"]
    assert suggestions, "this machine has too little memory for the smallest model"
    best: dict[str, str] = suggestions[0]
    name = f"{best['title'].replace(' ', '-')}-{best['quantization']}.gguf"
    hub.add(best["repo"])[name] = content
    return best


def test_from_nothing_to_an_answer(
    hub: FakeHub, new_app: RunningApp, open_new: Callable[..., Page], tiny_model: Path
) -> None:
    best = _offer(hub, new_app, tiny_model.read_bytes())
    page = open_new()
    expect(page.get_by_role("heading", name="Bring a model")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Engine ready")).to_be_visible(timeout=PATIENCE)
    assert hub.asked == []  # nothing is asked before the person wants something

    page.get_by_role("button", name="Download", exact=False).first.click()
    begin = page.get_by_role("button", name="and begin")
    expect(begin).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Downloaded and checked")).to_be_visible()
    begin.click()

    message = page.get_by_role("textbox", name="Message")
    expect(page.get_by_role("button", name="Model:")).to_contain_text(
        best["title"].replace(" ", "-"), timeout=PATIENCE
    )
    message.fill("Hello")
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("article").nth(1)
    expect(answer.get_by_text("to first token")).to_be_visible(timeout=PATIENCE)

    page.reload()
    expect(message).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Bring a model")).to_have_count(0)


def test_the_first_page_is_left_by_keyboard_and_does_not_come_back(
    open_new: Callable[..., Page],
) -> None:
    page = open_new()
    expect(page.get_by_role("heading", name="Bring a model")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Engine ready")).to_be_visible(timeout=PATIENCE)
    leave = page.get_by_role("button", name="Not now")
    for _ in range(12):
        page.keyboard.press("Tab")
        if leave.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible(timeout=PATIENCE)


def test_a_model_is_found_fetched_paused_and_gone_on_with(
    tmp_path: Path, hub: FakeHub, new_app: RunningApp, open_new: Callable[..., Page]
) -> None:
    files = hub.add("ggml-org/gemma-3-4b-it-GGUF", pipeline_tag="image-text-to-text")
    files["gemma-3-4b-it-Q4_K_M.gguf"] = make_content(6_000_000)
    files["gemma-3-4b-it-F16.gguf"] = make_content(7_000_000, seed=2)
    files["mmproj-model-f16.gguf"] = make_content(500_000, seed=3)
    new_app.invoke("update_settings", first_run_left=True)
    page = open_new()
    page.keyboard.press("Control+2")
    page.get_by_role("heading", name="Models", exact=True).wait_for()
    opener = page.get_by_role("button", name="Find on Hugging Face").first
    opener.focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("searchbox", name="Search Hugging Face")
    expect(field).to_be_focused(timeout=PATIENCE)
    page.keyboard.type("gemma")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="gemma-3-4b-it-GGUF").click()
    expect(page.get_by_role("radio", name="Q4_K_M")).to_be_checked(timeout=PATIENCE)
    hub.behaviour.bytes_per_second = 200_000
    page.get_by_role("button", name="Download 6.5 MB").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    row = page.get_by_role("listitem", name="gemma-3-4b-it Q4_K_M")
    row.get_by_role("button", name="Pause").click()
    expect(row.get_by_text("Paused")).to_be_visible(timeout=PATIENCE)
    hub.behaviour.bytes_per_second = None
    row.get_by_role("button", name="Resume").click()
    expect(row.get_by_text("Downloaded and checked")).to_be_visible(timeout=PATIENCE)
    folder = tmp_path / "data" / "models" / "ggml-org" / "gemma-3-4b-it-GGUF"
    assert sorted(path.name for path in folder.iterdir()) == [
        "gemma-3-4b-it-Q4_K_M.gguf",
        "mmproj-model-f16.gguf",
    ]

    opener.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_without_a_connection_everything_else_works(
    hub: FakeHub, new_app: RunningApp, open_new: Callable[..., Page], tiny_model: Path
) -> None:
    hub.close()
    page = open_new()
    page.get_by_role("button", name="Search Hugging Face").click()
    page.get_by_role("searchbox", name="Search Hugging Face").fill("gemma")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Offline", timeout=PATIENCE)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Choose folder").click()
    page.get_by_role("textbox", name="Path of the folder").fill(str(tiny_model.parent))
    page.get_by_role("dialog").get_by_role("button", name="Add folder").click()
    page.get_by_role("button", name="Load tiny-fast", exact=True).click()
    expect(page.get_by_role("button", name="Eject tiny-fast")).to_be_visible(timeout=PATIENCE)


def test_models_of_other_programs_are_taken_over_where_they_are(
    tmp_path: Path, hub: FakeHub, browser: Browser, tiny_model: Path
) -> None:
    stores = write_other_stores(tmp_path / "home", tiny_model)
    before = sorted(path for path in (tmp_path / "home").rglob("*"))
    environment = {"HOME": str(tmp_path / "home"), "HF_ENDPOINT": hub.url, "HF_TOKEN": ""}
    environment |= dict.fromkeys(("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME"), "")
    with running_app(tmp_path / "data", environment=environment) as app:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(app.url)
        card = page.get_by_role("region", name="Take over from other programs")
        expect(card).to_contain_text("Found 3 models", timeout=PATIENCE)
        for name in ("Ollama", "LM Studio", "Hugging Face cache"):
            expect(card.get_by_role("checkbox", name=name)).to_be_checked()
        card.get_by_role("checkbox", name="LM Studio").uncheck()
        card.get_by_role("button", name="Link 2 models").click()

        expect(page.get_by_role("heading", name="qwen3:8b")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("heading", name="hub-model")).to_be_visible()
        expect(page.get_by_role("heading", name="studio-model")).to_have_count(0)
        folders = [one["path"] for one in app.invoke("get_model_library")["folders"]]
        assert folders == [str(stores["ollama"]), str(stores["hugging_face"])]
        page.get_by_role("button", name="Load qwen3:8b", exact=True).click()
        expect(page.get_by_role("button", name="Eject qwen3:8b")).to_be_visible(timeout=PATIENCE)
        page.close()
    assert sorted(path for path in (tmp_path / "home").rglob("*")) == before


def test_a_dropped_model_is_added_by_its_path_and_offered(
    new_app: RunningApp, open_new: Callable[..., Page], tiny_model: Path
) -> None:
    new_app.invoke("update_settings", first_run_left=True)
    page = open_new()
    page.get_by_role("textbox", name="Message").wait_for()
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(['GGUF'], 'mine.gguf'));
            const init = { dataTransfer, bubbles: true, cancelable: true };
            const target = document.querySelector('nav');
            target.dispatchEvent(new DragEvent('dragover', init));
            target.dispatchEvent(new DragEvent('drop', init));
        }"""
    )
    dialog = page.get_by_role("dialog", name="Add a model that you dropped")
    expect(dialog).to_contain_text("mine.gguf", timeout=PATIENCE)
    page.get_by_role("textbox", name="Path of the file").fill(str(tiny_model))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Load tiny-fast").click()
    expect(page.get_by_role("button", name="Model:")).to_contain_text("tiny-fast", timeout=PATIENCE)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 480)])
def test_axe_finds_nothing_on_the_first_page_and_in_the_finder(
    hub: FakeHub, new_app: RunningApp, open_new: Callable[..., Page], theme: str, width: int
) -> None:
    files = hub.add("acme/Tiny-GGUF", gated="auto")
    files["Tiny-Q4_0.gguf"] = make_content(3_000_000)
    files["Tiny-Q8_0.gguf"] = b"<html>" * 100
    page = open_new(theme=theme, width=width)
    page.get_by_text("Engine ready").wait_for()
    found = {"first page": find_violations(page)}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="Search Hugging Face").click()
    page.get_by_label("Access token").wait_for()
    found["finder, nothing searched"] = find_violations(page)
    page.get_by_role("searchbox").fill("tiny")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Tiny-GGUF").click()
    page.get_by_role("radio", name="Q8_0").wait_for()
    found["finder"] = find_violations(page)
    page.keyboard.press("Escape")

    hub.behaviour.bytes_per_second = 20_000
    new_app.invoke("start_download", repo="acme/Tiny-GGUF", quantization="Q4_0")
    new_app.invoke("start_download", repo="acme/Tiny-GGUF", quantization="Q8_0")
    page.get_by_role("button", name="Try again").wait_for()
    found["first page, downloads"] = find_violations(page)
    page.get_by_role("button", name="Not now").click()
    page.keyboard.press("Control+2")
    page.get_by_role("region", name="Downloads").wait_for()
    found["models, downloads"] = find_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert {place: what for place, what in found.items() if what} == {}
