"""What every test may ask for: tiny models, and the fake llama-server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from fakes import fake_llama_server as fake_server_program
from fakes.fake_behaviour import Behaviour, write_fake_model
from models import make

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def tiny_model() -> Path:
    """A fast chat model that answers readable text and ends by itself."""
    return make.chat_model()


@pytest.fixture(scope="session")
def think_model() -> Path:
    """A fast chat model that thinks first."""
    return make.think_model()


@pytest.fixture(scope="session")
def citing_model() -> Path:
    """A fast chat model whose answers say that they rest on passage [1]."""
    return make.citing_model()


@pytest.fixture(scope="session")
def rambling_model() -> Path:
    """A fast chat model whose answers are one long line."""
    return make.rambling_model()


@pytest.fixture(scope="session")
def endless_model() -> Path:
    """A fast chat model whose answers end only when the context window is full."""
    return make.endless_model()


@pytest.fixture(scope="session")
def random_model() -> Path:
    """A fast model that answers byte salad and does not end."""
    return make.random_model()


@pytest.fixture(scope="session")
def heavy_model() -> Path:
    """A chat model of 86 million parameters, as slow as a small real one."""
    return make.heavy_model()


@pytest.fixture(scope="session")
def slow_endless_model() -> Path:
    """A chat model that answers slowly until the context window is full."""
    return make.slow_endless_model()


@pytest.fixture(scope="session")
def split_model() -> Path:
    """The first file of a model in three files."""
    return make.split_model()


@pytest.fixture(scope="session")
def embedding_model() -> Path:
    """A tiny embedding model."""
    return make.embedding_model()


@pytest.fixture(scope="session")
def vision_projector() -> Path:
    """An mmproj that fits `tiny_model`."""
    return make.vision_projector()


@pytest.fixture(scope="session")
def broken_models() -> Path:
    """A folder of damaged GGUF files."""
    return make.broken_models()


@pytest.fixture(scope="session")
def absurd_models() -> Path:
    """A folder of GGUF files that are sound as files and absurd as models."""
    return make.absurd_models()


@pytest.fixture(scope="session")
def fake_llama_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program called `llama-server` that does what its model file asks for."""
    if sys.platform == "win32":
        pytest.skip("The fake llama-server is a script with a shebang.")
    return fake_server_program.install(tmp_path_factory.mktemp("fake-engine"))


@pytest.fixture
def make_fake_model(tmp_path: Path) -> Callable[..., Path]:
    """Makes a model file for the fake llama-server: `make_fake_model(load_seconds=1)`."""

    def make_model(name: str = "fake.gguf", **behaviour: Any) -> Path:
        return write_fake_model(tmp_path / name, Behaviour(**behaviour))

    return make_model
