"""Which sampling parameters are refused."""

from __future__ import annotations

import pytest

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import BadRequest
from llama_desktop.services.sampling import require_sound_parameters


def test_defaults_and_usual_values_pass_unchanged() -> None:
    for parameters in (
        SamplingParameters(),
        SamplingParameters(temperature=0.7, top_k=40, top_p=1, seed=-1, max_tokens=1, stop=("a",)),
    ):
        assert require_sound_parameters(parameters) == parameters


@pytest.mark.parametrize(
    "parameters",
    [
        SamplingParameters(temperature=-1),
        SamplingParameters(temperature=float("nan")),
        SamplingParameters(top_p=1.5),
        SamplingParameters(max_tokens=0),
        SamplingParameters(stop=("",)),
        SamplingParameters(stop=("a",) * 33),
    ],
)
def test_what_makes_no_sense_is_refused(parameters: SamplingParameters) -> None:
    with pytest.raises(BadRequest):
        require_sound_parameters(parameters)
