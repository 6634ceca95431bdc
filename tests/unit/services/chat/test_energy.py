"""The energy of an answer, from what the cards count or from samples of their power."""

from __future__ import annotations

import asyncio
from asyncio import Future
from typing import Any

import pytest
from msgspec.structs import replace

from fakes.fake_probe import build_sample
from llama_desktop.domain.metrics import GpuReading, GpuSample, MetricsSample
from llama_desktop.services.chat.energy import EnergyMeter, EnergyUse, find_energy

GPU = GpuSample(
    index=0,
    name="GPU",
    load_percent=None,
    memory_used_bytes=9,
    memory_total_bytes=9,
    memory_process_bytes=5,
    temperature_celsius=None,
    power_watts=None,
)


def build_gpu(**changes: Any) -> GpuSample:
    return replace(GPU, **changes)


def read(time: float, *gpus: GpuSample, pid: int = 7) -> GpuReading:
    return GpuReading(time=time, pid=pid, gpus=gpus)


def sample(time: float, *gpus: GpuSample) -> MetricsSample:
    return replace(build_sample(time, 7), gpus=gpus)


def test_what_the_cards_of_the_server_counted_is_summed() -> None:
    begin = read(0, build_gpu(energy_joules=100.0), build_gpu(index=1, energy_joules=7.0))
    end = read(4, build_gpu(energy_joules=150.5), build_gpu(index=1, energy_joules=9.5))
    assert find_energy(begin, end, ()) == EnergyUse(53.0, is_about=False)


def test_a_card_that_the_server_is_not_on_does_not_count() -> None:
    idle = build_gpu(index=1, memory_process_bytes=0)
    begin = read(0, build_gpu(energy_joules=100.0), idle)
    end = read(4, build_gpu(energy_joules=150.0), replace(idle, energy_joules=900.0))
    assert find_energy(begin, end, ()) == EnergyUse(50.0, is_about=False)
    assert find_energy(read(0, idle), read(4, idle), ()) is None


def test_samples_of_the_power_stand_in_where_nothing_is_counted() -> None:
    begin, end = read(0, build_gpu(power_watts=50.0)), read(4, build_gpu(power_watts=150.0))
    between = sample(2, build_gpu(power_watts=150.0))
    before = sample(-2, build_gpu(power_watts=900.0))
    use = find_energy(begin, end, (before, between))
    assert use == EnergyUse(200.0 + 300.0, is_about=True)


@pytest.mark.parametrize(
    "samples",
    [
        (),
        (sample(2, build_gpu(power_watts=None)),),
        (sample(2),),
        (sample(9.9, build_gpu(power_watts=1.0)),),
    ],
    ids=["nobody sampled", "no power", "card not there", "a long gap"],
)
def test_power_that_was_not_measured_all_the_time_gives_no_energy(
    samples: tuple[MetricsSample, ...],
) -> None:
    gpu = build_gpu(power_watts=100.0)
    assert find_energy(read(0, gpu), read(10, gpu), samples) is None


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (build_gpu(energy_joules=9.0), build_gpu(energy_joules=1.0)),
        (build_gpu(energy_joules=9.0), build_gpu(energy_joules=9.0)),
        (
            build_gpu(energy_joules=1.0, is_instance=True),
            build_gpu(energy_joules=9.0, is_instance=True),
        ),
    ],
    ids=["driver loaded anew", "too short", "part of a card"],
)
def test_a_count_that_says_nothing_gives_no_energy(begin: GpuSample, end: GpuSample) -> None:
    assert find_energy(read(0, begin), read(4, end), ()) is None


def test_the_energy_of_two_servers_is_that_of_none() -> None:
    begin = read(0, build_gpu(energy_joules=1.0), pid=7)
    assert find_energy(begin, read(4, build_gpu(energy_joules=2.0), pid=8), ()) is None


class Driver:
    """Answers each question when the test wants it to."""

    def __init__(self) -> None:
        self.questions: list[Future[GpuReading]] = []

    def ask(self) -> Future[GpuReading]:
        self.questions.append(asyncio.get_running_loop().create_future())
        return self.questions[-1]

    def answer(self, *joules: float) -> None:
        for number, (question, energy) in enumerate(zip(self.questions, joules, strict=True)):
            question.set_result(read(number, build_gpu(energy_joules=energy)))


async def test_an_answer_is_measured_from_its_begin_to_its_end() -> None:
    driver = Driver()
    with EnergyMeter(driver.ask, tuple).measure() as measurement:
        assert len(driver.questions) == 1
    driver.answer(100.0, 130.0)
    assert await measurement.result() == EnergyUse(30.0, is_about=False)


async def test_a_driver_that_hangs_or_fails_holds_no_answer() -> None:
    hanging, failing = Driver(), Driver()
    with EnergyMeter(hanging.ask, tuple).measure() as measurement:
        pass
    assert await measurement.result() is None
    with EnergyMeter(failing.ask, tuple).measure() as measurement:
        pass
    for question in failing.questions:
        question.set_exception(OSError("lost"))
    assert await measurement.result() is None


async def test_answers_made_at_the_same_time_have_no_energy_of_their_own() -> None:
    driver = Driver()
    meter = EnergyMeter(driver.ask, tuple)
    with meter.measure() as first, meter.measure() as second:
        pass
    with meter.measure() as third:
        pass
    assert await first.result() is None
    assert await second.result() is None
    driver.answer(1.0, 2.0, 3.0, 5.0)
    assert await third.result() == EnergyUse(2.0, is_about=False)
