"""What an engine sees of our environment."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.infrastructure.llama.environment import build_environment

HOME = Path("/data/engine")


def environment(ours: dict[str, str], *, is_our_executable: bool = False) -> dict[str, str]:
    return build_environment(
        ours, api_key="secret", config_home=HOME, is_our_executable=is_our_executable
    )


def test_settings_of_the_persons_own_llama_cpp_do_not_leak_in() -> None:
    made = environment(
        {"PATH": "/bin", "LLAMA_ARG_CTX_SIZE": "1", "llama_arg_port": "2", "LLAMA_API_KEY": "x"}
    )
    assert made == {
        "PATH": "/bin",
        "LLAMA_API_KEY": "secret",
        "XDG_CONFIG_HOME": str(HOME),
        "GGML_NO_BACKTRACE": "1",
    }


def test_an_engine_that_can_tell_how_far_it_is_takes_us_for_its_parent() -> None:
    made = build_environment(
        {"LLAMA_SERVER_ROUTER_PORT": "8080"},
        api_key="secret",
        config_home=HOME,
        is_our_executable=True,
        reports_load=True,
    )
    assert made["LLAMA_SERVER_ROUTER_PORT"] == "1"
    assert "LLAMA_SERVER_ROUTER_PORT" not in environment({"LLAMA_SERVER_ROUTER_PORT": "8080"})


def test_the_config_folder_of_windows_is_ours_too() -> None:
    assert environment({"APPDATA": "C:/Users/me"})["APPDATA"] == str(HOME)


def test_what_has_nothing_to_do_with_us_stays() -> None:
    ours = {"CUDA_VISIBLE_DEVICES": "1", "LD_LIBRARY_PATH": "/opt/cuda/lib"}
    assert environment(ours).items() >= ours.items()


def test_a_foreign_program_gets_its_own_libraries_back_from_the_bundle() -> None:
    bundled = {
        "LD_LIBRARY_PATH": "/tmp/_MEI1",
        "LD_LIBRARY_PATH_ORIG": "/opt/cuda/lib",
        "_PYI_ARCHIVE_FILE": "/app",
        "_PYI_APPLICATION_HOME_DIR": "/tmp/_MEI1",
    }
    made = environment(bundled)
    assert made["LD_LIBRARY_PATH"] == "/opt/cuda/lib"
    assert not any(name.startswith("_PYI_") or name.endswith("_ORIG") for name in made)


def test_a_foreign_program_gets_no_library_path_where_the_person_had_none() -> None:
    made = environment({"LD_LIBRARY_PATH": "/tmp/_MEI1", "_PYI_ARCHIVE_FILE": "/app"})
    assert "LD_LIBRARY_PATH" not in made


def test_our_own_executable_keeps_the_bundle_it_is_already_unpacked_in() -> None:
    bundled = {"LD_LIBRARY_PATH": "/tmp/_MEI1", "_PYI_ARCHIVE_FILE": "/app"}
    assert environment(bundled, is_our_executable=True).items() >= bundled.items()
