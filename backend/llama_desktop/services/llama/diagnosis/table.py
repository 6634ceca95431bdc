"""The table of all causes for the documentation: cause, words, actions. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from llama_desktop.domain.failure import Ending, FailureAction, FailureCause, LoadOther
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.services.llama.diagnosis.actions import find_actions
from llama_desktop.services.llama.diagnosis.evidence import Evidence, Fit, MemoryFacts
from llama_desktop.services.llama.diagnosis.words import CAUSE_WORDS

_PATH: Final = Path("model.gguf")
_BARE: Final = Evidence(
    ending=Ending(while_loading=True, time=0.0, is_built_in=True),
    config=ServerConfig(model_path=_PATH),
    model_name="model",
)
_RICH: Final = Evidence(
    ending=Ending(while_loading=True, time=0.0),
    config=ServerConfig(model_path=_PATH, context_size=32768, mmproj_path=_PATH),
    model_name="model",
    memory=MemoryFacts(gpu_total_bytes=1),
    fit=Fit(gpu_layers=21, layers=41, context_size=8192),
    smaller=LoadOther(model_path=_PATH, name="other", size_bytes=1),
)
_WITH_EXPERTS: Final = replace(
    _RICH, fit=Fit(gpu_layers=41, layers=41, expert_layers_in_ram=30, context_size=8192)
)


def build_failure_table() -> str:
    """As Markdown, in the order of `FailureCause`."""
    rows = "\n".join(
        f"| `{cause}` | {words.headline} | {words.message} | {_describe_actions(cause)} |"
        for cause, words in ((cause, CAUSE_WORDS[cause]) for cause in FailureCause)
    )
    return f"| cause | headline | what is said | what is offered |\n|---|---|---|---|\n{rows}\n"


def _describe_actions(cause: FailureCause) -> str:
    always = {_name(action) for action in find_actions(cause, _BARE)}
    likely = find_actions(cause, _WITH_EXPERTS)[:1]
    names = dict.fromkeys(_name(action) for action in (*likely, *find_actions(cause, _RICH)))
    return ", ".join(name if name in always else f"({name})" for name in names)


def _name(action: FailureAction) -> str:
    return str(type(action).__struct_config__.tag).replace("_", " ")
