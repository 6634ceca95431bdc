"""The finder beside a Hub of our own: what fits, what does not, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from driver.accessibility import find_violations
from driver.running_app import RunningApp, running_app
from fakes.fake_hub import fake_hub
from models.shown_library import shown_header

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

REPO = "ggml-org/gemma-3-12b-it-GGUF"
_GB = 1_000_000_000
_FILES = {"Q3_K_M": 6 * _GB, "Q4_K_M": 7 * _GB, "Q8_0": 12 * _GB, "F16": 9000 * _GB}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app on a Hub with models for any computer and for none."""
    with fake_hub() as hub:
        content = shown_header("gemma-3-12b-it-Q4_K_M").ljust(3 << 20, b"\0")
        files = hub.add(REPO, gguf={"total": 12_200_000_000, "context_length": 131_072})
        files["gemma-3-12b-it-Q3_K_M.gguf"] = content
        hub.behaviour.tree = [
            {"type": "file", "path": f"gemma-3-12b-it-{name}.gguf", "size": size}
            for name, size in _FILES.items()
        ]
        hub.add("ggml-org/gemma-3-270m-it-GGUF", gguf={"total": 270_000_000})
        hub.add("acme/gemma-untold-GGUF")
        hub.add("acme/gemma-9T-GGUF", gguf={"total": 9_000_000_000_000})
        folder = tmp_path_factory.mktemp("finder")
        environment = {
            "HF_ENDPOINT": hub.url,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "HF_TOKEN": "",
        }
        with running_app(folder / "data", environment=environment) as started:
            started.be_quiet()
            yield started


def _search(page: Page, query: str) -> Locator:
    page.keyboard.press("Control+2")
    page.get_by_role("button", name="Find on Hugging Face").click()
    finder = page.get_by_role("dialog", name="Find on Hugging Face")
    finder.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    return finder


@pytest.mark.parametrize(("theme", "width"), [("dark", 1280), ("light", 1280), ("light", 480)])
def test_what_fits_is_shown_and_the_rest_on_request(
    open_page: OpenPage, picture: Picture, theme: str, width: int
) -> None:
    page = open_page(theme=theme, width=width)
    finder = _search(page, "gemma")
    hits = finder.get_by_role("list", name="Models found").get_by_role("listitem")
    expect(hits).to_have_count(3)
    expect(finder.get_by_text("gemma-9T-GGUF")).to_have_count(0)
    picture(page, f"finder-hits-{width}-{theme}")

    finder.get_by_role("button", name="gemma-3-12b-it-GGUF").click()
    files = finder.get_by_role("radiogroup", name="Choose a file").get_by_role("radio")
    expect(finder.get_by_text("would not fit this computer")).to_be_visible()
    expect(files.and_(page.get_by_role("radio", name="F16"))).to_have_count(0)
    picture(page, f"finder-{width}-{theme}")
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    finder.get_by_role("radio", name="Everything").check()
    expect(files).to_have_count(4)
    expect(finder.get_by_role("radio", name="F16")).to_be_visible()
    expect(finder.get_by_role("radio", name="F16")).to_have_accessible_name(re.compile("Won.t fit"))
    picture(page, f"finder-everything-{width}-{theme}")
    assert find_violations(page) == []


def test_where_nothing_fits_everything_can_be_shown(open_page: OpenPage) -> None:
    finder = _search(open_page(), "9T")
    expect(finder.get_by_role("status")).to_contain_text("not even a small file of it would fit")

    finder.get_by_role("button", name="Show everything").click()

    expect(finder.get_by_role("button", name="gemma-9T-GGUF")).to_be_visible()
    expect(finder.get_by_role("radio", name="Everything")).to_be_checked()
