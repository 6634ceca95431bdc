"""How near the predicted memory is to the measured one, over models, contexts, types and slots.

Before: as of a model that was never loaded. After: as it is said once the model was loaded in one
other way. What is compared is what a load takes at once; the working space is not touched then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

from benchmarks.app import App, open_app
from benchmarks.figures import median
from benchmarks.models import chat_model, heavy_model, random_model
from benchmarks.table import Row

_CONTEXTS: Final = (1024, 4096, 8192, 16_384)
_TYPES: Final = (None, "q8_0", "q4_0")
_SLOTS: Final = (None, 1, 4)
_MOST_BEFORE, _MOST_AFTER, _MIDDLE_AFTER = 0.15, 0.10, 0.03


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Load every model in every way, in an app that has never seen it."""
    models = (heavy_model(),) if quick else (chat_model(), random_model(), heavy_model())
    before: list[float] = []
    after: list[float] = []
    async with open_app(folder / "data") as app:
        await app.listen("model_records")
        for model in models:
            await app.invoke("add_model_folder", path=str(model.parent))
            for number, config in enumerate(_list_configs(model, quick=quick)):
                told = await app.invoke("estimate_fit", config=config)
                measured = await _load(app, config)
                held = measured["measured_bytes"]
                before.append(abs(measured["predicted_bytes"] / held - 1))
                if number > 0:
                    after.append(abs((told["ram_bytes"] - told["ram"]["compute"]) / held - 1))
    return [
        _row("memory before the first load, worst of", before, max(before), _MOST_BEFORE),
        _row("memory before the first load, median of", before, median(before), _MOST_BEFORE),
        _row("memory after one load, worst of", after, max(after), _MOST_AFTER),
        _row("memory after one load, median of", after, median(after), _MIDDLE_AFTER),
    ]


def _list_configs(model: Path, *, quick: bool) -> Iterator[dict[str, Any]]:
    contexts = _CONTEXTS[::2] if quick else _CONTEXTS
    for context, kind, slots in product(contexts, _TYPES, _SLOTS):
        yield {
            "model_path": str(model),
            "context_size": context,
            "cache_type_k": kind,
            "cache_type_v": kind,
            "parallel": slots,
        }


async def _load(app: App, config: dict[str, Any]) -> dict[str, Any]:
    """What it took, as it is kept after the load."""
    await app.invoke("start_llama_server", config=config)
    while True:
        for topic, event in await app.next_events():
            for record in event["records"] if topic == "model_records" else ():
                newest = record["measurements"][:1]
                if newest and config.items() <= newest[0]["config"].items():
                    return dict(newest[0])


def _row(name: str, errors: Sequence[float], error: float, target: float) -> Row:
    what = f"{name} {len(errors)}"
    return Row(what, f"{error:.1%} off", "", "", f"<= {target:.0%}", error <= target)
