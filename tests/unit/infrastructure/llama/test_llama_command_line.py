"""What a llama-server is started with, in the words that it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_desktop.domain.errors import BadRequest
from llama_desktop.domain.llama import (
    CacheType,
    EngineTraits,
    FlashAttention,
    LoadMode,
    RopeScaling,
    ServerConfig,
)
from llama_desktop.infrastructure.llama.command_line import (
    Capabilities,
    Machine,
    build,
    read_capabilities,
)
from llama_desktop.infrastructure.llama.engine.command import EMBEDDED_FLAGS
from llama_desktop.infrastructure.llama.extra_arguments import check

HELP = (Path(__file__).parents[3] / "samples" / "llama-server-help.txt").read_text()
NEW = read_capabilities(HELP)
OLD = read_capabilities(
    """\
----- common params -----

-h,    --help, --usage          print usage and exit
-t,    --threads N              number of threads
-c,    --ctx-size N             size of the prompt context
-b,    --batch-size N           logical maximum batch size
-ub,   --ubatch-size N          physical maximum batch size; see --not-a-flag
-fa,   --flash-attn             enable Flash Attention (default: disabled)
-ngl,  --gpu-layers, --n-gpu-layers N
                                number of layers to store in VRAM
-m,    --model FNAME            model path
-a,    --alias STRING           set alias for model name
--host HOST                     ip address to listen
--port PORT                     port to listen
--no-webui                      disable the Web UI
--embedding                     restrict to only support embedding use case
"""
)
MACHINE = Machine(physical_cores=8, memory_bytes=16 << 30)
EVERYTHING = ServerConfig(
    model_path=Path("/m/a b.gguf"),
    context_size=8192,
    gpu_layers=0,
    parallel=2,
    threads=3,
    batch_size=256,
    flash_attention=FlashAttention.ON,
    cache_type_k=CacheType.Q8_0,
    cache_type_v=CacheType.F16,
    mmproj_path=Path("/m/mmproj.gguf"),
    embeddings=True,
    alias="mine",
)


def line(config: ServerConfig, capabilities: Capabilities, machine: Machine = MACHINE) -> str:
    return " ".join(build(config, capabilities, port=0, alias="ours", machine=machine))


def test_a_bare_config_leaves_to_the_engine_what_it_knows_better() -> None:
    assert line(ServerConfig(model_path=Path("/m/a.gguf")), NEW) == (
        "-m /m/a.gguf --host 127.0.0.1 --port 0 --alias ours --threads 7 --batch-size 512 "
        "--ubatch-size 512 --cache-ram 1024 --no-ui --jinja --slots "
        "--log-jsonl --verbosity 4 --no-context-shift --offline"
    )


def test_everything_that_is_set_is_sent() -> None:
    assert line(EVERYTHING, NEW) == (
        "-m /m/a b.gguf --host 127.0.0.1 --port 0 --alias ours --ctx-size 8192 --n-gpu-layers 0 "
        "--parallel 2 --threads 3 --batch-size 256 --ubatch-size 256 --flash-attn on "
        "--cache-type-k q8_0 --cache-type-v f16 --mmproj /m/mmproj.gguf --cache-ram 1024 "
        "--embeddings --no-ui --jinja --slots --log-jsonl --verbosity 4 --no-context-shift "
        "--offline"
    )


def test_an_engine_is_kept_from_gpus_that_are_full_if_it_knows_how() -> None:
    def build_without_gpus(capabilities: Capabilities) -> tuple[str, ...]:
        return build(
            EVERYTHING, capabilities, port=0, alias="ours", machine=MACHINE, without_gpus=True
        )

    assert "--device none" in " ".join(build_without_gpus(NEW))
    assert "--device" not in build_without_gpus(OLD)


def test_an_old_server_is_told_in_its_spelling_and_only_what_it_knows() -> None:
    assert line(EVERYTHING, OLD) == (
        "-m /m/a b.gguf --host 127.0.0.1 --port 0 --alias ours --ctx-size 8192 --n-gpu-layers 0 "
        "--threads 3 --batch-size 256 --ubatch-size 256 --flash-attn --embedding --no-webui"
    )


def test_the_log_tells_more_only_where_that_is_not_what_was_said() -> None:
    """The next level of other builds holds every prompt."""
    said = "-lv,   --verbosity N  Values:\n                - 3: info\n                - 4: debug\n"
    assert not read_capabilities(said).has_trace_level
    assert NEW.has_trace_level
    assert "--verbosity" not in line(EVERYTHING, OLD)


def test_what_an_engine_does_by_itself_is_known_by_its_flags() -> None:
    assert NEW.traits == EngineTraits()
    assert OLD.traits == EngineTraits(
        fits_memory=False, keeps_experts=False, attends_fast=False, goes_back=False
    )


def test_an_old_server_gets_its_bare_flash_attention_only_for_on() -> None:
    config = ServerConfig(model_path=Path("/m"), flash_attention=FlashAttention.OFF)
    assert "--flash-attn" not in line(config, OLD)
    assert "--flash-attn off" in line(config, NEW)


def test_a_batch_is_never_larger_than_a_stop_can_bear() -> None:
    config = ServerConfig(model_path=Path("/m"), batch_size=4096)
    assert "--batch-size 512 --ubatch-size 512" in line(config, NEW)


def test_one_core_is_left_to_others_but_never_the_last() -> None:
    config = ServerConfig(model_path=Path("/m"))
    assert "--threads 1 " in line(config, NEW, Machine(physical_cores=1, memory_bytes=1 << 30))


def test_memory_for_prompts_is_bounded_by_the_machine() -> None:
    config = ServerConfig(model_path=Path("/m"))
    assert "--cache-ram 256" in line(config, NEW, Machine(2, 2 << 30))
    assert "--cache-ram 2048" in line(config, NEW, Machine(2, 256 << 30))


def test_the_help_names_every_spelling_and_nothing_of_its_prose() -> None:
    assert {"-m", "--model", "-ngl", "--gpu-layers", "--no-webui", "-nkvo"} <= NEW.flags
    assert {"--spec-draft-ngl", "--n-gpu-layers-draft", "--no-kv-unified"} <= NEW.flags
    assert "--not-a-flag" not in OLD.flags
    assert not any("[" in flag for flag in NEW.flags)


def test_only_servers_that_say_where_they_listen_pick_their_port() -> None:
    assert NEW.reports_port
    assert not OLD.reports_port


def test_the_embedded_engine_knows_all_that_is_ever_sent() -> None:
    sent = set(build(EVERYTHING, NEW, port=0, alias="a", machine=MACHINE))
    flags = {word for word in sent if word.startswith("-")}
    embedded = Capabilities(EMBEDDED_FLAGS, has_trace_level=True)
    words = build(EVERYTHING, embedded, port=0, alias="a", machine=MACHINE)
    assert len(flags) == len([word for word in words if word.startswith("-")])


def test_every_further_option_is_told_in_the_words_that_the_program_knows() -> None:
    config = ServerConfig(
        model_path=Path("/m/a.gguf"),
        load_mode=LoadMode.MLOCK,
        chat_template_file=Path("/t.jinja"),
        rope_scaling=RopeScaling.YARN,
        rope_scale=2.0,
        expert_layers_in_ram=12,
        lora_path=Path("/l.gguf"),
        draft_model_path=Path("/d.gguf"),
        idle_minutes=10,
        extra_arguments=("--cpu-moe",),
    )

    words = line(config, NEW)

    assert "--n-cpu-moe 12 " in words
    assert "--load-mode mlock --chat-template-file /t.jinja" in words
    assert "--rope-scaling yarn --rope-scale 2.0 --lora /l.gguf --model-draft /d.gguf" in words
    assert "--sleep-idle-seconds 600" in words
    assert words.endswith("--cpu-moe")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--port", "80"), "set by the app"),
        (("--tools=all",), "open this machine"),
        (("-hf", "a/b"), "open this machine"),
        (("--help",), "prints something"),
        (("--no-such-flag",), "does not know --no-such-flag"),
        (("a\0b",), "NUL"),
    ],
)
def test_extra_arguments_that_must_not_be_given_are_refused(
    arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        check(arguments, NEW.flags)


def test_extra_arguments_that_the_program_knows_are_taken() -> None:
    check(("--cpu-moe", "--seed", "-1", "--override-kv", "a=int:-5"), NEW.flags)
