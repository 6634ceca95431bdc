"""Which llama-server is taken, and why the others are not."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_desktop.domain.errors import EngineNotFound
from llama_desktop.domain.llama import EngineKind, EngineTraits
from llama_desktop.infrastructure.llama.binary import EngineFinder
from llama_desktop.infrastructure.llama.devices import DeviceFinder
from llama_desktop.infrastructure.llama.probe import Prober, Unusable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

MakeFinder = Callable[..., EngineFinder]
HELP = "-m, --model FNAME\n-a, --alias STRING\n--host HOST\n--port PORT"


def write_program(path: Path, *, version: str = "1", body: str = "") -> Path:
    """A program that answers the two questions, after it has done `body`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!/bin/sh\n{body}\n"
        f'[ "$1" = --version ] && echo "version: {version}" >&2 && exit 0\n'
        f"cat << END\n{HELP}\nEND\n"
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def make_finder(tmp_path: Path) -> MakeFinder:
    def make(
        chosen: Path | None = None,
        setting: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> EngineFinder:
        return EngineFinder(
            from_command_line=chosen,
            from_settings=lambda: setting,
            engines_folder=tmp_path / "engines",
            prober=Prober(os.environ, tmp_path),
            environment={"PATH": str(tmp_path / "on path")} | (environment or {}),
        )

    return make


async def found_version(finder: EngineFinder) -> str:
    return (await finder.find_server()).engine.version


async def test_without_any_other_the_built_in_engine_is_taken(make_finder: MakeFinder) -> None:
    found = await make_finder().find_server()
    assert found.engine.kind is EngineKind.EMBEDDED
    assert found.engine.source == "built in"
    assert found.engine.version.startswith("xllamacpp 20")
    assert found.rejected == ()


async def test_the_built_in_engine_does_all_that_one_of_today_does(
    make_finder: MakeFinder,
) -> None:
    found = await make_finder().find(is_built_in=True)
    assert found.capabilities.traits == EngineTraits()


async def test_each_place_comes_before_the_next(tmp_path: Path, make_finder: MakeFinder) -> None:
    places = {
        "command line": write_program(tmp_path / "a" / "llama-server", version="command line"),
        "setting": write_program(tmp_path / "b" / "my-server", version="setting"),
        "variable": write_program(tmp_path / "c" / "llama-server", version="variable"),
    }
    write_program(tmp_path / "on path" / "llama-server", version="path")
    variable = {"LLAMA_SERVER": str(places["variable"])}
    everything = make_finder(places["command line"], places["setting"], variable)
    assert await found_version(everything) == "command line"
    assert await found_version(make_finder(None, places["setting"], variable)) == "setting"
    assert await found_version(make_finder(None, None, variable)) == "variable"
    assert await found_version(make_finder()) == "path"
    write_program(tmp_path / "engines" / "b100" / "build" / "bin" / "llama-server", version="b100")
    write_program(tmp_path / "engines" / "b200" / "llama-server", version="b200")
    assert await found_version(make_finder()) == "b200"


@pytest.mark.parametrize("place", ["", "build/bin", "build/bin/Release", "bin"])
async def test_a_llama_cpp_folder_will_do(
    tmp_path: Path, make_finder: MakeFinder, place: str
) -> None:
    program = write_program(tmp_path / "llama.cpp" / place / "llama-server")
    found = await make_finder(tmp_path / "llama.cpp").find_server()
    assert found.engine.path == program
    assert found.command == (str(program),)


async def test_a_broken_choice_is_named_and_nothing_else_is_taken(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    write_program(tmp_path / "on path" / "llama-server")
    for finder in (
        make_finder(tmp_path / "gone"),
        make_finder(None, tmp_path / "gone"),
        make_finder(None, None, {"LLAMA_SERVER": str(tmp_path / "gone")}),
    ):
        with pytest.raises(EngineNotFound, match="gone: there is no such file") as caught:
            await finder.find_server()
        assert caught.value.details["candidates"][0]["path"] == str(tmp_path / "gone")


async def test_a_broken_find_is_passed_over_with_its_reason(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    broken = write_program(tmp_path / "on path" / "llama-server", body="kill -SEGV $$")
    found = await make_finder().find_server()
    assert found.engine.kind is EngineKind.EMBEDDED
    assert [(each.candidate.path, each.reason) for each in found.rejected] == [
        (broken, "it crashes at once: SIGSEGV (invalid memory access)")
    ]


async def reason(path: Path) -> str:
    with pytest.raises(Unusable) as caught:
        await Prober(os.environ, path.parent).probe(path)
    return caught.value.reason


async def test_every_way_of_being_unusable_has_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "llama-server"
    assert await reason(path) == "there is no such file"
    path.write_text("#!/bin/sh\n")
    assert await reason(path) == "it is not executable"
    path.chmod(0o755)
    assert (await reason(path)).startswith("it is no llama-server: it does not know --alias")
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xb7\x00" + bytes(100))
    assert await reason(path) == "it is damaged, or was built for another kind of machine"
    path.write_text("#!/no/such/interpreter\n")
    assert "interpreter or loader" in await reason(path)
    path.write_text("#!/bin/sh\necho cannot open libgomp.so.1 >&2; exit 127\n")
    assert await reason(path) == "it ends with exit code 127: cannot open libgomp.so.1"
    (tmp_path / "folder").mkdir()
    assert await reason(tmp_path / "folder") == "it is no file"


async def test_one_that_is_too_old_is_told_from_what_is_no_engine(tmp_path: Path) -> None:
    """Those of 2024 indent their help, end it with 1, and do not tell of an alias."""
    old = tmp_path / "llama-server"
    old.write_text(
        "#!/bin/sh\n[ $1 = --version ] && echo version: 1 && exit 0\ncat << END\n"
        "usage: llama-server [options]\n\n"
        "  -h,    --help, --usage          print usage and exit\n"
        "         --verbosity N            the more the better\n"
        "  -c,    --ctx-size N             size of the prompt context\n"
        "  -m,    --model FNAME            model path\n"
        "         --host HOST              ip address to listen\n"
        "         --port PORT              port to listen\n"
        "END\nexit 1\n"
    )
    old.chmod(0o755)
    with pytest.raises(Unusable) as raised:
        await Prober(os.environ, tmp_path).probe(old)
    assert raised.value.reason == (
        "it is too old: it does not know --alias. Take one of 2025 or later"
    )


async def test_a_folder_without_the_program_says_where_it_was_looked_for(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EngineNotFound, match="build/bin/Release"):
        await make_finder(tmp_path / "empty").find_server()


async def test_a_program_is_asked_once_until_it_changes(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    path = write_program(tmp_path / "llama-server", version="1", body=f'echo "$1" >> {asked}')
    prober = Prober(os.environ, tmp_path)
    for _ in range(3):
        assert (await prober.probe(path)).version == "1"
    assert sorted(asked.read_text().split()) == ["--help", "--version"]
    write_program(path, version="22")
    assert (await prober.probe(path)).version == "22"


async def test_a_built_in_engine_behind_a_script_serves_as_a_foreign_one(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    from llama_desktop.infrastructure.llama.engine.command import embedded_command

    script = tmp_path / "llama-server"
    script.write_text(f'#!/bin/sh\nexec {" ".join(embedded_command())} "$@"\n')
    script.chmod(0o755)
    found = await make_finder(script).find_server()
    assert found.engine.kind is EngineKind.EXTERNAL
    assert found.capabilities.reports_port
    assert {"--flash-attn", "--cache-ram", "--no-ui"} <= found.capabilities.flags


async def test_the_built_in_engine_tells_that_it_uses_no_gpu(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    assert await DeviceFinder(make_finder(), tmp_path).find_devices() == ()


async def test_an_engine_is_asked_once_for_its_gpus_and_again_when_it_has_changed(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    asked = tmp_path / "asked"
    listing = "Available devices:\n  CUDA0: RTX 4070 (12282 MiB, 11345 MiB free)"
    body = f'[ "$1" = --list-devices ] && echo . >> {asked} && echo "{listing}" && exit 0'
    program = write_program(tmp_path / "a" / "llama-server", body=body)
    devices = DeviceFinder(make_finder(program), tmp_path)
    found = await asyncio.gather(devices.find_devices(), devices.find_devices())
    assert [[device.name for device in each or ()] for each in found] == [["RTX 4070"]] * 2
    assert asked.read_text().count(".") == 1
    write_program(program, body="exit 1", version="2")
    assert await devices.find_devices() is None


async def test_an_old_engine_that_does_not_know_the_question_tells_nothing(
    tmp_path: Path, make_finder: MakeFinder
) -> None:
    program = write_program(
        tmp_path / "a" / "llama-server", body='[ "$1" = --list-devices ] && exit 1'
    )
    assert await DeviceFinder(make_finder(program), tmp_path).find_devices() is None
