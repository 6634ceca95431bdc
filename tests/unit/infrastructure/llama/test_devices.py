"""What engines of several kinds print of their GPUs."""

from __future__ import annotations

import pytest

from llama_desktop.infrastructure.llama.devices import EngineDevice, read_devices

MIB = 1 << 20

CUDA = """ggml_cuda_init: found 2 CUDA devices:
  Device 0: NVIDIA GeForce RTX 4070, compute capability 8.9, VMM: yes
  Device 1: NVIDIA RTX A2000 (Laptop), compute capability 8.6, VMM: yes
Available devices:
  CUDA0: NVIDIA GeForce RTX 4070 (12282 MiB, 11345 MiB free)
  CUDA1: NVIDIA RTX A2000 (Laptop) (4096 MiB, 3900 MiB free)
"""
VULKAN = """ggml_vulkan: Found 2 Vulkan devices:
ggml_vulkan: 0 = AMD Radeon RX 7900 XTX (RADV NAVI31) (radv) | uma: 0 | fp16: 1 | warp size: 64
ggml_vulkan: 1 = AMD Radeon Graphics (RADV RAPHAEL) (radv) | uma: 1 | fp16: 1 | warp size: 32
Available devices:
  Vulkan0: AMD Radeon RX 7900 XTX (RADV NAVI31) (24560 MiB, 23000 MiB free)
  Vulkan1: AMD Radeon Graphics (RADV RAPHAEL) (15900 MiB, 15000 MiB free)
"""
METAL = """ggml_metal_device_init: GPU name:   Apple M4 Max
ggml_metal_device_init: has unified memory    = true
Available devices:
  Metal: Apple M4 Max (98304 MiB, 98303 MiB free)
  BLAS: Accelerate (0 MiB, 0 MiB free)
"""


@pytest.mark.parametrize(
    ("output", "devices"),
    [
        ("Available devices:\n  (none)\n", ()),
        ("error: invalid argument: --list-devices\n", None),
        (
            CUDA,
            (
                EngineDevice("CUDA0", "NVIDIA GeForce RTX 4070", 12282 * MIB, 11345 * MIB),
                EngineDevice("CUDA1", "NVIDIA RTX A2000 (Laptop)", 4096 * MIB, 3900 * MIB),
            ),
        ),
        (
            VULKAN,
            (
                EngineDevice(
                    "Vulkan0", "AMD Radeon RX 7900 XTX (RADV NAVI31)", 24560 * MIB, 23000 * MIB
                ),
                EngineDevice(
                    "Vulkan1",
                    "AMD Radeon Graphics (RADV RAPHAEL)",
                    15900 * MIB,
                    15000 * MIB,
                    shares_ram=True,
                ),
            ),
        ),
        (
            METAL,
            (EngineDevice("Metal", "Apple M4 Max", 98304 * MIB, 98303 * MIB, shares_ram=True),),
        ),
    ],
)
def test_devices_are_read_as_engines_print_them(
    output: str, devices: tuple[EngineDevice, ...] | None
) -> None:
    assert read_devices(output) == devices
