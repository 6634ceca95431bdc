"""What engines say of how far they are with loading."""

from __future__ import annotations

import pytest

from llama_desktop.domain.llama import LoadStage
from llama_desktop.infrastructure.llama.load_reports import (
    REPORT,
    LoadReport,
    find_beginning,
    read_report,
)


def _report(current: str, value: float, *stages: str) -> str:
    named = ",".join(f'"{stage}"' for stage in stages)
    payload = f'{{"stages":[{named}],"current":"{current}","value":{value}}}'
    return f'{REPORT}{{"state":"loading","payload":{payload}}}'


@pytest.mark.parametrize(
    ("line", "report"),
    [
        (_report("text_model", 0.0, "text_model"), LoadReport(LoadStage.WEIGHTS, 0.0)),
        (_report("text_model", 0.48, "text_model"), LoadReport(LoadStage.WEIGHTS, 0.48)),
        (_report("text_model", 1.0, "text_model"), LoadReport(LoadStage.PREPARING)),
        (
            _report("text_model", 1.0, "text_model", "mmproj_model"),
            LoadReport(LoadStage.WEIGHTS, 1.0),
        ),
        (
            _report("mmproj_model", 0.5, "text_model", "mmproj_model"),
            LoadReport(LoadStage.VISION, 0.5),
        ),
        (_report("spec_model", 7.0, "text_model"), LoadReport(LoadStage.DRAFT, 1.0)),
    ],
)
def test_a_report_names_the_stage_and_how_much_of_it_is_done(line: str, report: LoadReport) -> None:
    assert read_report(line) == report


@pytest.mark.parametrize(
    "line",
    [
        f'{REPORT}{{"state":"ready","payload":{{"id":"/m.gguf","aliases":[]}}}}',
        f'{REPORT}{{"state":"sleeping"}}',
        f'{REPORT}{{"state":"loading","payload":7}}',
        f"{REPORT}loading",
        _report("a stage of later years", 0.5, "text_model"),
    ],
)
def test_any_other_report_tells_nothing_of_loading(line: str) -> None:
    assert read_report(line) is None


@pytest.mark.parametrize(
    ("line", "stage"),
    [
        ("0.00.004.718 I srv    load_model: loading model '/m/a.gguf'", LoadStage.WEIGHTS),
        (
            "load_tensors: loading model tensors, this can take a while... (mmap = true)",
            LoadStage.WEIGHTS,
        ),
        ("clip_model_loader: model name:   vision", LoadStage.VISION),
        ("llama_context: constructing llama_context", LoadStage.PREPARING),
        (
            "common_init_from_params: warming up the model with an empty run - please wait ...",
            LoadStage.PREPARING,
        ),
        (
            "0.00.176.950 I cmn          init: llama threadpool init, n_threads = 1",
            LoadStage.PREPARING,
        ),
        ("llama_model_loader: - kv   1: general.name str = loading model", None),
        ("...................................................", None),
    ],
)
def test_the_log_of_any_engine_tells_which_stage_begins(line: str, stage: LoadStage | None) -> None:
    assert find_beginning(line) is stage
