"""What an engine is told of the GPUs: by itself it would die of full ones, or use none at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from driver.running_app import running_app
from fakes.fake_llama_server import install
from fakes.nvidia_driver import CAN_COMPILE, compile_driver
from models import make

pytestmark = pytest.mark.skipif(
    not CAN_COMPILE, reason="The stand-in for the driver is compiled by a C compiler on Linux."
)

DEVICES = "\n".join(f"  CUDA{n}: Fake GPU {'AB'[n]} (24576 MiB, 19000 MiB free)" for n in (0, 1))


def _load(
    folder: Path, config: dict[str, Any], *, fault: str = "", fits_memory: bool = True
) -> tuple[dict[str, Any], str]:
    """Load the model beside two GPUs: what was estimated, and what the app has logged."""
    environment = {"LD_LIBRARY_PATH": str(compile_driver(folder)), "FAKE_NVML": fault}
    server = install(folder / "engine", devices=DEVICES, fits_memory=fits_memory)
    given = {"model_path": str(make.chat_model()), **config}
    with running_app(
        folder / "data", "--llama-server", str(server), environment=environment
    ) as app:
        app.invoke("add_model_folder", path=str(make.chat_model().parent))
        told = app.invoke("estimate_fit", config=given)
        app.invoke("start_llama_server", config=given)
        return told, (folder / "data" / "logs" / "llama-desktop.log").read_text()


@pytest.mark.parametrize(
    ("fault", "gpu_layers", "is_kept_from_gpus"),
    [("full", None, True), ("full", 0, True), ("full", 99, False), ("", None, False)],
)
def test_a_model_is_loaded_without_gpus_that_are_full_unless_layers_were_chosen(
    tmp_path: Path, fault: str, gpu_layers: int | None, is_kept_from_gpus: bool
) -> None:
    config = {"context_size": 4096, "gpu_layers": gpu_layers}
    told, log = _load(tmp_path, config, fault=fault)

    assert (" --device none " in log) is is_kept_from_gpus
    if is_kept_from_gpus:
        assert (told["verdict"], told["gpu_bytes"]) == ("ram", 0)


@pytest.mark.parametrize(("fits_memory", "chosen"), [(True, None), (False, None), (False, 1)])
def test_an_engine_that_fits_nothing_to_memory_by_itself_is_told_what_fits(
    tmp_path: Path, fits_memory: bool, chosen: int | None
) -> None:
    """Those of 2025 take 4,096 tokens and no layer, whatever there is, where nothing is said."""
    told, log = _load(tmp_path, {"gpu_layers": chosen}, fits_memory=fits_memory)

    assert (told["context_size"], told["layer_count"]) == (8192, 3)
    if fits_memory:
        assert "--ctx-size" not in log
        assert "--n-gpu-layers" not in log
    else:
        assert f" --ctx-size 8192 --n-gpu-layers {chosen or 3} " in log


def test_experts_that_were_chosen_stay_in_ram(tmp_path: Path) -> None:
    config = {
        "model_path": str(make.experts_model()),
        "context_size": 4096,
        "expert_layers_in_ram": 3,
    }
    told, log = _load(tmp_path, config)

    assert (told["verdict"], told["gpu_layers"], told["expert_layers_in_ram"]) == ("partly", 5, 3)
    assert " --n-cpu-moe 3 " in log
    assert "--n-gpu-layers" not in log
