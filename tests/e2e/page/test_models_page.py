"""The Models page: load options, presets and what goes with them, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app
from models.make import chat_model
from models.shown_library import write_shown_library

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

MODEL = "Llama 3.1 8B Instruct"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app for all: each test begins with no preset and nothing remembered."""
    folder = tmp_path_factory.mktemp("models-page")
    with running_app(folder / "data") as started:
        started.be_quiet()
        started.invoke("add_model_folder", path=str(write_shown_library(folder / "library")))
        yield started


@pytest.fixture(autouse=True)
def _nothing_kept(app: RunningApp) -> None:
    for preset in app.invoke("get_settings")["load_presets"]:
        app.invoke("delete_load_preset", preset_id=preset["id"])
    for model in app.invoke("list_models"):
        app.invoke("remember_model_config", path=model["path"], config=None)
    for name in ("load_context_size", "load_cache_type"):
        app.invoke("reset_setting", name=name)


def _open_options(page: Page, model: str = MODEL) -> Locator:
    page.keyboard.press("Control+2")
    page.get_by_role("button", name=f"Load options for {model}").click()
    options = page.get_by_role("dialog", name=f"Load {model}")
    expect(options.get_by_role("status")).to_contain_text("With a context of")
    return options


@pytest.mark.parametrize(("theme", "width"), [("dark", 1280), ("light", 1280), ("light", 480)])
def test_load_options_are_whole_and_accessible(
    open_page: OpenPage, picture: Picture, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    options = _open_options(page)
    options.get_by_role("radio", name="Custom").first.check()
    picture(page, f"load-options-{width}-{theme}")
    box = options.bounding_box()

    assert find_violations(page) == []
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    options.get_by_text("More options").click()
    options.get_by_label("Extra arguments").scroll_into_view_if_needed()
    picture(page, f"load-options-more-{width}-{theme}")
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_form_begins_as_the_settings_have_it_and_goes_back_to_that(
    app: RunningApp, open_page: OpenPage
) -> None:
    app.invoke("update_settings", load_context_size=8192, load_cache_type="q8_0")
    options = _open_options(open_page())
    expect(options.get_by_role("textbox", name="tokens")).to_have_value("8192")
    expect(options.get_by_role("radio", name="Q8_0")).to_be_checked()
    expect(options.get_by_role("button", name=re.compile("to default"))).to_have_count(0)

    options.get_by_role("radio", name="F16").check()
    options.get_by_role("textbox", name="tokens").fill("4096")
    expect(options.get_by_role("status")).to_contain_text("4,096 tokens")
    options.get_by_role("button", name="Reset kv cache type to default").click()
    options.get_by_role("button", name="Reset context size to default").click()

    expect(options.get_by_role("radio", name="Q8_0")).to_be_checked()
    expect(options.get_by_role("textbox", name="tokens")).to_have_value("8192")
    expect(options.get_by_role("status")).to_contain_text("8,192 tokens")


def test_options_get_a_name_and_are_chosen_for_another_model(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page()
    options = _open_options(page)
    options.get_by_role("radio", name="Q4_0").check()
    expect(options.get_by_role("combobox", name="Preset")).to_have_value("custom")
    options.get_by_role("button", name="Actions for presets").click()
    page.get_by_role("menuitem", name="Save as a preset").click()
    page.get_by_role("textbox", name="Name of the preset").fill("Thrifty")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(options.get_by_role("combobox", name="Preset").locator("option:checked")).to_have_text(
        "Thrifty"
    )
    [preset] = app.invoke("get_settings")["load_presets"]
    assert (preset["name"], preset["cache_type_k"]) == ("Thrifty", "q4_0")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)

    other = _open_options(page, "Qwen3 0.6B")
    other.get_by_role("combobox", name="Preset").select_option(label="Thrifty")
    expect(other.get_by_role("radio", name="Q4_0")).to_be_checked()
    other.get_by_role("combobox", name="Preset").select_option(label="Default")
    expect(other.get_by_role("radio", name="F16")).to_be_checked()
    other.get_by_role("combobox", name="Preset").select_option(label="Thrifty")
    other.get_by_role("button", name="Actions for presets").click()
    page.get_by_role("menuitem", name="Delete Thrifty").click()
    expect(page.get_by_text("Preset deleted")).to_be_visible()
    assert app.invoke("get_settings")["load_presets"] == []


def test_a_template_is_read_from_a_file(open_page: OpenPage, tmp_path: Path) -> None:
    template = tmp_path / "own.jinja"
    template.write_text("{{ messages }} ü", encoding="utf-8")
    wrong = tmp_path / "picture.txt"
    wrong.write_bytes(b"\xff\xd8\0\0")
    options = _open_options(open_page())
    options.get_by_text("More options").click()
    text = options.get_by_role("textbox", name="Chat template")

    with options.page.expect_file_chooser() as chooser:
        options.get_by_role("button", name="From a file…").click()
    chooser.value.set_files(template)
    expect(text).to_have_value("{{ messages }} ü")

    with options.page.expect_file_chooser() as chooser:
        options.get_by_role("button", name="From a file…").click()
    chooser.value.set_files(wrong)
    expect(options.get_by_role("alert")).to_contain_text("picture.txt is no template")
    expect(text).to_have_value("{{ messages }} ü")
    options.get_by_role("button", name="Reset chat template to default").click()
    expect(text).to_have_value("")


def test_what_a_load_took_is_said_beside_what_was_expected(
    app: RunningApp, open_page: OpenPage, picture: Picture
) -> None:
    app.invoke("add_model_folder", path=str(chat_model().parent))
    config = {"model_path": str(chat_model()), "context_size": 2048}
    with app.listen("model_records") as events:
        app.invoke("start_llama_server", config=config)
        events.until(
            "model_records", lambda told: any(one["measurements"] for one in told["records"])
        )
    app.invoke("remember_model_config", path=str(chat_model()), config=config)
    app.invoke("stop_llama_server")
    name = next(
        one["name"] for one in app.invoke("list_models") if one["path"] == str(chat_model())
    )
    page = open_page(theme="dark")
    options = _open_options(page, name)
    expect(options.get_by_role("status")).to_contain_text("when it was loaded like this")
    expect(options.get_by_role("status")).to_contain_text("own count")
    picture(page, "load-options-measured")
