"""The embedded engine as a program: command line, signals, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from llama_desktop.infrastructure.llama.engine.command import EMBEDDED_FLAGS, embedded_command

SECONDS = 30


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*embedded_command(), *arguments], capture_output=True, text=True, timeout=SECONDS
    )


def test_it_tells_its_version_as_llama_server_does() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("version: ")


def test_its_help_names_every_flag_that_we_send() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert [flag for flag in EMBEDDED_FLAGS if flag not in done.stdout] == []


def test_an_unknown_flag_ends_it_with_code_1() -> None:
    done = run("--no-such-flag")
    assert done.returncode == 1
    assert "error: invalid argument: --no-such-flag" in done.stderr


def test_a_missing_model_ends_it_with_code_1() -> None:
    done = run("-m", "/no/such/model.gguf", "--port", "0")
    assert done.returncode == 1
    assert "failed to load model" in done.stderr


def test_the_table_reads_every_flag_that_we_send(tmp_path: Path) -> None:
    """In a process of its own: the extension module is not for the process of the tests."""
    code = """
import sys
from llama_desktop.infrastructure.llama.engine.table_arguments import parse_by_table
import xllamacpp.xllamacpp as extension
p = extension.CommonParams()
argv = ("llama-server -m a.gguf -mm b.gguf --host 127.0.0.1 --port 7 --alias x --ctx-size 9 "
        "--batch-size 3 --ubatch-size 2 --parallel 5 --threads 4 --gpu-layers all --flash-attn on "
        "--cache-type-k q8_0 --cache-type-v f16 --cache-ram 6 --embeddings --jinja --slots "
        "--no-context-shift --offline --no-ui").split()
assert parse_by_table(extension, argv, p) is None
assert (p.model.path, p.mmproj.path, p.hostnames, p.port) == ("a.gguf", "b.gguf", ["127.0.0.1"], 7)
assert (p.model_alias, p.n_ctx, p.n_batch, p.n_ubatch, p.n_parallel) == ({"x"}, 9, 3, 2, 5)
assert (p.cpuparams.n_threads, p.n_gpu_layers, p.cache_ram_mib) == (4, -2, 6)
assert int(p.flash_attn_type) == 1 and int(p.cache_type_k) == 8 and int(p.cache_type_v) == 1
assert (p.embedding, p.use_jinja, p.endpoint_slots) == (True, True, True)
assert (p.ctx_shift, p.ui) == (False, False)
assert p.api_keys == ["secret"]
for wrong in (["x", "--bogus"], ["x", "--port", "seven"], ["x", "--port"]):
    assert parse_by_table(extension, wrong, p) == 1
assert parse_by_table(extension, ["x", "--version"], p) == 0
print("read")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=os.environ | {"LLAMA_API_KEY": "secret"},
    )
    assert done.stdout == "read\n", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_with_code_0(tiny_model: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*embedded_command(), "-m", str(tiny_model), "--port", "0", "-t", "1"],
        stderr=subprocess.PIPE,
        text=True,
    ) as engine:
        try:
            assert engine.stderr is not None
            assert any("listening on http://" in line for line in engine.stderr)
            while not _catches(engine.pid, number):
                assert engine.poll() is None
            engine.send_signal(number)
            assert engine.wait(SECONDS) == 0
        finally:
            engine.kill()


def _catches(pid: int, number: signal.Signals) -> bool:
    """Whether it is past its load, during which a signal simply ends it."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) >> (number - 1) & 1)
