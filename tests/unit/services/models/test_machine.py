"""Which of the machine's GPUs count for what fits."""

from __future__ import annotations

from llama_desktop.domain.fit import GpuMemory
from llama_desktop.infrastructure.llama.devices import EngineDevice
from llama_desktop.services.models.machine import find_usable

GIB = 1 << 30
NVIDIA = GpuMemory(name="NVIDIA GeForce RTX 4090", total_bytes=24 * GIB, free_bytes=20 * GIB)
AMD = GpuMemory(name="AMD GPU", total_bytes=24 * GIB, free_bytes=10 * GIB)
CUDA = EngineDevice("CUDA0", "NVIDIA GeForce RTX 4090", 24 * GIB, 23 * GIB)
RADEON = EngineDevice("Vulkan1", "AMD Radeon RX 7900 XTX (RADV)", 24 * GIB, 23 * GIB)


def test_an_engine_for_the_processor_leaves_every_gpu_idle() -> None:
    assert find_usable((NVIDIA, AMD), ()) == ((), (NVIDIA, AMD))


def test_an_engine_that_does_not_tell_is_taken_to_use_them_all() -> None:
    assert find_usable((NVIDIA, AMD), None) == ((NVIDIA, AMD), ())


def test_what_is_free_is_what_the_driver_tells_now() -> None:
    assert find_usable((NVIDIA, AMD), (CUDA,)) == ((NVIDIA,), (AMD,))
    # Of the same size as the other one, which has the name.
    assert find_usable((AMD, NVIDIA), (CUDA,)) == ((NVIDIA,), (AMD,))
    # A card without a name is known by its size.
    assert find_usable((NVIDIA, AMD), (CUDA, RADEON)) == ((NVIDIA, AMD), ())


def test_a_card_that_the_engine_reaches_in_two_ways_counts_once() -> None:
    again = EngineDevice("Vulkan0", "NVIDIA GeForce RTX 4090", 24 * GIB, 23 * GIB)
    assert find_usable((NVIDIA,), (CUDA, again)) == ((NVIDIA,), ())


def test_two_equal_cards_are_two() -> None:
    second = EngineDevice("CUDA1", "NVIDIA GeForce RTX 4090", 24 * GIB, 23 * GIB)
    assert find_usable((NVIDIA, NVIDIA), (CUDA, second)) == ((NVIDIA, NVIDIA), ())


def test_of_a_card_without_a_driver_of_ours_the_engine_tells() -> None:
    apple = EngineDevice("MTL0", "Apple M2", 10 * GIB, 9 * GIB, shares_ram=True)
    told = GpuMemory(name="Apple M2", total_bytes=10 * GIB, free_bytes=9 * GIB, shares_ram=True)
    assert find_usable((), (apple,)) == ((told,), ())
