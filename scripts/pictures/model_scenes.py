"""The pictures of models: the library with downloads, load options, the finder, the first page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from driver.running_app import RunningApp, running_app
from fakes.fake_hub import FakeHub, fake_hub, make_content
from models.shown_library import shown_header
from pictures.chat_scenes import load
from pictures.history import write_history
from pictures.library import write_library, write_named
from pictures.stage import NARROW, Stage, put_mouse_away

_MEGA: Final = 10**6
_NAMES: Final = ("models", "models-load-options", "models-find", "narrow-models")
_PHI: Final = "microsoft/Phi-4-mini-instruct-GGUF"
_QWEN: Final = "Qwen/Qwen3-30B-A3B-GGUF"
_GEMMA: Final = (
    ("ggml-org/gemma-3-12b-it-GGUF", 412_000, True),
    ("ggml-org/gemma-3-4b-it-GGUF", 655_000, True),
    ("ggml-org/gemma-3-27b-it-GGUF", 198_000, True),
    ("ggml-org/gemma-3-1b-it-GGUF", 301_000, False),
    ("ggml-org/gemma-3-270m-it-GGUF", 88_000, False),
    ("ggml-org/gemma-3n-E4B-it-GGUF", 140_000, False),
    ("unsloth/gemma-3-12b-it-GGUF", 97_000, True),
    ("bartowski/google_gemma-3-12b-it-GGUF", 64_000, True),
)


def offline_environment(hub: FakeHub) -> dict[str, str]:
    """An app that knows this hub and nobody's keychain."""
    return {
        "HF_ENDPOINT": hub.url,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "HF_TOKEN": "",
    }


def play_models(stage: Stage) -> None:
    """Take those of the Models page."""
    if not stage.wants(*_NAMES):
        return
    data = stage.folder / "models"
    write_history(data)
    model = write_library(stage.folder / "Models")
    with fake_hub() as hub, running_app(data, environment=offline_environment(hub)) as app:
        app.be_quiet()
        app.invoke("add_model_folder", path=str(model.parent))
        load(app, model)
        stage.take("models-load-options", app, _open_options)
        stage.take("narrow-models", app, _open_models, size=NARROW)
        _download(hub, app)
        stage.take("models", app, _open_models)
        _offer_gemma(hub)
        stage.take("models-find", app, _find)


def play_first_run(stage: Stage) -> None:
    """Take the first page, on a machine with models of other programs."""
    if not stage.wants("first-run"):
        return
    home = stage.folder / "home"
    _write_ollama(home)
    folder = home / ".lmstudio" / "models" / "lmstudio-community" / "Gemma"
    folder.mkdir(parents=True)
    write_named(folder, "Llama-3.1-8B-Instruct-Q5_K_M")
    with fake_hub() as hub:
        environment = {**offline_environment(hub), "HOME": str(home), "OLLAMA_MODELS": ""}
        with running_app(stage.folder / "first-run", environment=environment) as app:
            stage.take("first-run", app, _see_first_run)


def _open_models(page: Page) -> None:
    page.get_by_role("textbox", name="Message").wait_for()
    page.keyboard.press("Control+2")
    page.get_by_role("heading", name="Models", exact=True).wait_for()
    page.get_by_role("button", name="Eject Qwen3 8B").wait_for()
    page.get_by_text("Fits").first.wait_for()
    put_mouse_away(page)


def _open_options(page: Page) -> None:
    _open_models(page)
    page.get_by_role("button", name="Load options for Mistral Small 3.2 24B").click()
    options = page.get_by_role("dialog", name="Load Mistral Small 3.2 24B")
    options.get_by_role("status").filter(has_text="context").wait_for()
    put_mouse_away(page)


def _download(hub: FakeHub, app: RunningApp) -> None:
    """One that is on its way, and one that was paused on it."""
    hub.add(_QWEN)["Qwen3-30B-A3B-Q4_K_M.gguf"] = make_content(186 * _MEGA // 10)
    hub.add(_PHI)["Phi-4-mini-instruct-Q8_0.gguf"] = make_content(41 * _MEGA)
    for repo, quantization, sent in ((_QWEN, "Q4_K_M", 5.8), (_PHI, "Q8_0", 23)):
        enough = hub.when_sent(int(sent * _MEGA))
        hub.behaviour.bytes_per_second = 8 * _MEGA
        one = app.invoke("start_download", repo=repo, quantization=quantization)
        enough.wait(60)
        hub.behaviour.bytes_per_second = _MEGA // 2
        if repo == _QWEN:
            app.invoke("pause_download", download_id=one["id"])


def _offer_gemma(hub: FakeHub) -> None:
    header = shown_header("gemma-3-12b-it-Q4_K_M")
    for repo, downloads, sees in _GEMMA:
        kind = "image-text-to-text" if sees else "text-generation"
        files = hub.add(repo, downloads=downloads, pipeline_tag=kind)
        stem = repo.split("/")[1].removesuffix("-GGUF")
        for quantization, tenths in (("Q3_K_M", 60), ("Q4_K_M", 73), ("Q5_K_M", 84),
                                     ("Q8_0", 125), ("F16", 235)):  # fmt: skip
            content = make_content(tenths * _MEGA // 100)
            files[f"{stem}-{quantization}.gguf"] = header + content[len(header) :]
        if sees:
            files["mmproj-model-f16.gguf"] = make_content(_MEGA * 9 // 100)


def _find(page: Page) -> None:
    _open_models(page)
    page.get_by_role("button", name="Find on Hugging Face").first.click()
    field = page.get_by_role("searchbox", name="Search Hugging Face")
    field.fill("gemma-3")
    field.press("Enter")
    page.get_by_role("button", name="gemma-3-12b-it-GGUF").first.click()
    page.get_by_role("radio", name="Q4_K_M").wait_for()
    page.get_by_role("dialog").get_by_text("Fits in RAM").or_(
        page.get_by_role("dialog").get_by_text("Should fit")
    ).first.wait_for()
    put_mouse_away(page)


def _write_ollama(home: Path) -> None:
    store = home / ".ollama" / "models"
    for number, (name, tag, file) in enumerate(
        (
            ("qwen2.5vl", "7b", "Qwen2.5-VL-7B-Q4_K_M"),
            ("gemma3", "12b", "gemma-3-12b-it-Q4_K_M"),
            ("nomic-embed-text", "v1.5", "nomic-embed-text-v1.5-F16"),
        )
    ):
        digest = f"{number}123456789abcdef" * 4
        blobs = store / "blobs"
        blobs.mkdir(parents=True, exist_ok=True)
        write_named(blobs, file).rename(blobs / f"sha256-{digest}")
        manifest = store / "manifests" / "registry.ollama.ai" / "library" / name / tag
        manifest.parent.mkdir(parents=True)
        layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
        manifest.write_text(json.dumps({"layers": [layer]}), encoding="utf-8")


def _see_first_run(page: Page) -> None:
    page.get_by_role("heading", name="Bring a model").wait_for()
    page.get_by_text("Engine ready").wait_for()
    page.get_by_text("Ollama").first.wait_for()
