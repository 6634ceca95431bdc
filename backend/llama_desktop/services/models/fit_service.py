"""Answers what fits, and learns from every load."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from msgspec.structs import replace

from llama_desktop.domain.errors import StorageFailed
from llama_desktop.domain.fit import (
    LaunchAdvice,
    LibraryFit,
    MachineState,
    MemoryEstimate,
    Verdict,
)
from llama_desktop.domain.llama import EngineKind, ModelMemory, Running, ServerConfig, ServerState
from llama_desktop.domain.model_facts import ModelFacts, ModelKind
from llama_desktop.domain.models import MemoryMeasurement, ModelFile
from llama_desktop.infrastructure.llama.command_line import cache_ram_mebibytes
from llama_desktop.services.event_hub import Topic
from llama_desktop.services.models.fit import (
    DRIVER_OVERHEAD,
    EMBEDDED_OVERHEAD,
    EXTERNAL_OVERHEAD,
    GPU_OVERHEAD,
    MARGIN,
    USUAL_CONTEXT,
    FitQuestion,
    estimate,
    limit_context,
)
from llama_desktop.services.models.lesson import Lesson, learn, learn_from_other
from llama_desktop.services.models.library import ModelLibraryService
from llama_desktop.services.models.machine import LoadingPlace, MachineService
from llama_desktop.services.models.records import ModelRecordService

logger = logging.getLogger(__name__)

_MEBI: Final = 1024 * 1024
_UNKNOWN: Final = ModelFacts(kind=ModelKind.MODEL)


class FitService:
    """Owns no state but the measurement under way. Open it with `async with`."""

    def __init__(
        self,
        server_states: Topic[ServerState],
        library: ModelLibraryService,
        records: ModelRecordService,
        machine: MachineService,
        complete: Callable[[ServerConfig], ServerConfig],
    ) -> None:
        """`complete` fills in what the settings have for a start that says nothing itself."""
        self._server_states = server_states
        self._library = library
        self._records = records
        self._machine = machine
        self._complete = complete
        self._running: Running | None = None
        self._measuring: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._server_states.subscribe(self._on_server_state)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._unsubscribe()
        if self._measuring is not None:
            self._measuring.cancel()
            await asyncio.wait([self._measuring])
        await self._machine.aclose()

    async def read_machine(self) -> MachineState:
        """What is free now; the loaded model counts as ejected."""
        return (await self._read_place()).machine

    async def _read_place(self, *, is_built_in: bool = False) -> LoadingPlace:
        pid = None if self._running is None else self._running.pid
        return await self._machine.read(pid, is_built_in=is_built_in)

    async def estimate(self, config: ServerConfig) -> MemoryEstimate:
        """What loading a model like this would take; the loaded model counts as ejected."""
        return self._estimate(config, await self._read_place(is_built_in=config.built_in_engine))

    async def advise(self, config: ServerConfig) -> LaunchAdvice:
        """What the engine must be told for a model to be loaded like this.

        It is kept from GPUs that are full also where no layer goes there; not where layers were
        chosen: who chooses is told what that needs.
        """
        are_full = not config.gpu_layers and await self._machine.are_gpus_full(
            GPU_OVERHEAD + MARGIN
        )
        traits = await self._machine.find_traits(is_built_in=config.built_in_engine)
        if traits.fits_memory and config.context_size is not None and not are_full:
            return LaunchAdvice()  # and the engine need not be asked for its devices
        place = await self._read_place(is_built_in=config.built_in_engine)
        question = self._ask(config, place)
        found = estimate(question)
        without_gpus = are_full and found.gpu_layers == 0 and found.gpu_bytes == 0
        if traits.fits_memory or found.verdict is Verdict.UNKNOWN:
            return LaunchAdvice(without_gpus=without_gpus, context_size=limit_context(question))
        return LaunchAdvice(
            without_gpus=without_gpus,
            context_size=found.context_size,
            gpu_layers=found.gpu_layers if place.machine.gpus else None,
            expert_layers_in_ram=found.expert_layers_in_ram or None,
        )

    async def estimate_library(self) -> LibraryFit:
        """Of every model whether it fits, loaded as is usual for it."""
        place = await self._read_place()
        estimates = [
            self._estimate_as_usual(model, place) for model in self._library.library().models
        ]
        running, machine = self._running, place.machine
        if running is not None:
            now = self._estimate(running.config, place)
            machine = replace(machine, server_ram=now.ram, server_gpu=now.gpu)
        return LibraryFit(
            machine=machine,
            keeps_experts=place.engine.keeps_experts,
            estimates=tuple(estimates),
        )

    def _estimate_as_usual(self, model: ModelFile, place: LoadingPlace) -> MemoryEstimate:
        """As it was chosen for this model; else as in the settings.

        Where those leave the context to the engine: with 16k tokens, or what it would take.
        """
        kept = self._records.find(model.path).config
        if kept is not None:
            return self._estimate(kept, place)
        config = self._complete(ServerConfig(model_path=model.path))
        if config.context_size is not None:
            return self._estimate(config, place)
        context = min(USUAL_CONTEXT, model.context_length or USUAL_CONTEXT)
        found = self._estimate(replace(config, context_size=context), place)
        return self._estimate(config, place) if found.verdict is Verdict.TOO_LARGE else found

    def _estimate(self, config: ServerConfig, place: LoadingPlace) -> MemoryEstimate:
        return estimate(self._ask(config, place))

    def _ask(self, config: ServerConfig, place: LoadingPlace) -> FitQuestion:
        """With all that earlier loads have taught."""
        measurements = self._records.find(config.model_path).measurements
        measured = next((one for one in measurements if one.config == config), None)
        lesson = self._learn(config, place.machine, measurements)
        return replace(self._pose(config, place, lesson), measured=measured)

    def _pose(self, config: ServerConfig, place: LoadingPlace, lesson: Lesson) -> FitQuestion:
        projector = self._library.find_facts(config.mmproj_path)
        total = place.machine.ram_total_bytes or 0
        return FitQuestion(
            config=config,
            facts=self._library.find_facts(config.model_path) or _UNKNOWN,
            projector_bytes=0 if projector is None else projector.weights.total,
            machine=place.machine,
            lesson=lesson,
            prompt_cache_bytes=cache_ram_mebibytes(total) * _MEBI,
            engine=place.engine,
        )

    def _learn(
        self,
        config: ServerConfig,
        machine: MachineState,
        measurements: Sequence[MemoryMeasurement],
    ) -> Lesson:
        """Of a model that was never loaded: from the last load of any other."""
        usual = self._usual(machine)
        if measurements:
            return learn(usual, config, measurements)
        other = self._records.find_last_load(on_gpu=_has_own_memory(machine))
        return usual if other is None else learn_from_other(usual, other)

    def _usual(self, machine: MachineState) -> Lesson:
        running = self._running
        kind = EngineKind.EMBEDDED if running is None else running.engine.kind
        engine = EMBEDDED_OVERHEAD if kind is EngineKind.EMBEDDED else EXTERNAL_OVERHEAD
        if not _has_own_memory(machine):
            return Lesson(engine)
        return Lesson(engine + DRIVER_OVERHEAD, GPU_OVERHEAD * len(machine.gpus))

    def _on_server_state(self, state: ServerState, _sequence: int) -> None:
        before = self._running
        self._running = state if isinstance(state, Running) else None
        if self._running is None or (before is not None and before.pid == self._running.pid):
            return
        if self._measuring is not None:
            self._measuring.cancel()
        self._measuring = asyncio.create_task(self._measure(self._running), name="measure memory")

    async def _measure(self, running: Running) -> None:
        """Once, when it is loaded and has answered nothing yet."""
        try:
            place = await self._read_place(is_built_in=running.config.built_in_engine)
            held, held_gpu = await self._machine.read_held(running.pid)
            if self._running is running:
                measurement = self._compare(running, place, held, held_gpu)
                await self._records.note_use(running.config.model_path, measurement)
        except StorageFailed as error:
            logger.warning("what the model took is not kept: %s", error.message)
        except Exception:
            logger.exception("the measurement of a load failed by a defect")

    def _compare(
        self, running: Running, place: LoadingPlace, held: int | None, held_gpu: int | None
    ) -> MemoryMeasurement | None:
        """Against what would have been said without having learnt anything."""
        config = running.config
        if held is None or self._library.find_facts(config.model_path) is None:
            return None
        loaded = replace(config, context_size=_count_tokens(running))
        found = estimate(self._pose(loaded, place, self._usual(place.machine)))
        # The working space is not touched before the first question, but what a GPU reads is.
        untouched = found.ram.compute if found.gpu_layers == 0 else 0
        return MemoryMeasurement(
            config=config,
            predicted_bytes=found.ram.total + found.mapped_bytes - untouched,
            measured_bytes=held,
            predicted_gpu_bytes=found.gpu_bytes,
            measured_gpu_bytes=held_gpu,
            predicted=_add_up(found),
            told=running.model.memory,
            told_gpu=running.model.gpu_memory,
            engine=running.engine.version,
        )


def _has_own_memory(machine: MachineState) -> bool:
    """Whether the engine uses a GPU with memory of its own, which takes a driver."""
    return any(not gpu.shares_ram for gpu in machine.gpus)


def _add_up(found: MemoryEstimate) -> ModelMemory:
    ram, gpu = found.ram, found.gpu
    return ModelMemory(
        weights=ram.weights + gpu.weights,
        kv_cache=ram.kv_cache + gpu.kv_cache,
        compute=ram.compute + gpu.compute,
    )


def _count_tokens(running: Running) -> int:
    """Of all slots together. Slots that nobody asked for share one cache.

    What was asked for is allocated, though a slot then uses no more than the model was trained for.
    """
    if running.config.context_size is not None:
        return running.config.context_size
    slots = running.config.parallel or 1
    return running.model.context_size * slots
