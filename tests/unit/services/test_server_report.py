"""The report on the server, and what telemetry keeps for it."""

from __future__ import annotations

from pathlib import Path

from fakes.fake_probe import build_sample
from llama_desktop.domain.llama import LogLevel, LogLine, ServerConfig, Stopped, Stopping
from llama_desktop.domain.settings import AppInfo
from llama_desktop.services.run_history import OLDER, RECENT, RunHistory
from llama_desktop.services.server_report import describe_server

HOME = Path("/home/ana")
INFO = AppInfo(
    version="1.2.3",
    data_folder=HOME / "data",
    log_folder=HOME / "logs",
    platform="linux",
    has_window=False,
)


def test_the_report_has_versions_config_usage_and_the_last_lines_and_no_home_folder() -> None:
    text = describe_server(
        INFO,
        Stopping(config=ServerConfig(model_path=HOME / "models" / "a.gguf", context_size=4096)),
        (
            LogLine(number=1, time=0.0, stream="stderr", text="loads /home/ana/models/a.gguf"),
            LogLine(number=2, time=0.0, stream="stderr", text="broke", level=LogLevel.ERROR),
        ),
        (build_sample(1.0, 7),),
        home=HOME,
        machine="Linux",
    )
    assert "Llama Desktop 1.2.3 on Linux" in text
    assert "context_size=4096" in text
    assert "model_path=~/models/a.gguf" in text
    assert "CPU not available" in text
    assert "E broke" in text
    assert "ana" not in text


def test_a_long_history_and_a_long_log_are_told_in_part() -> None:
    lines = tuple(
        LogLine(number=n, time=0.0, stream="stderr", text=f"line {n}.") for n in range(1000)
    )
    history = tuple(build_sample(float(n), 7) for n in range(1800))
    text = describe_server(INFO, Stopped(), lines, history, home=HOME, machine="Linux")
    assert text.count("CPU") == 60
    assert text.count("line ") == 200
    assert "line 999." in text


def test_the_last_hour_is_kept_whole_and_the_time_before_ever_thinner() -> None:
    history = RunHistory()
    count = RECENT * 8
    for number in range(count):
        history.add(build_sample(float(number), 7))
    kept = [sample.time for sample in history.all()]
    assert kept == sorted(kept)
    assert kept[-RECENT:] == [float(number) for number in range(count - RECENT, count)]
    assert kept[0] == 0.0
    assert OLDER // 2 <= len(kept) - RECENT <= OLDER
    assert history.last(2) == history.all()[-2:]
