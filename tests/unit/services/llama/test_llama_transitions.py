"""The table of states, pair by pair."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from fakes.fake_launcher import ENGINE, build_failure
from llama_desktop.domain.llama import (
    Failed,
    LoadedModel,
    Running,
    ServerConfig,
    ServerState,
    Starting,
    Stopped,
    Stopping,
)
from llama_desktop.services.llama.transitions import (
    TRANSITIONS,
    IllegalTransition,
    check_transition,
)

CONFIG = ServerConfig(model_path=Path("a.gguf"))
STATES: dict[str, ServerState] = {
    "stopped": Stopped(),
    "starting": Starting(config=CONFIG, since=0.0),
    "restarting": Starting(config=CONFIG, since=0.0, recovers_from=build_failure()),
    "running": Running(
        config=CONFIG,
        pid=1,
        base_url="http://127.0.0.1:1",
        engine=ENGINE,
        model=LoadedModel(name="a", path=Path("a.gguf"), context_size=1, slots=1, has_vision=False),
        since=0.0,
        load_seconds=0.0,
    ),
    "stopping": Stopping(config=CONFIG),
    "failed": Failed(config=CONFIG, failure=build_failure()),
}
ALLOWED = {
    ("stopped", "starting"),
    ("starting", "starting"),
    ("starting", "running"),
    ("starting", "stopping"),
    ("starting", "failed"),
    ("running", "restarting"),
    ("restarting", "starting"),
    ("restarting", "restarting"),
    ("restarting", "running"),
    ("restarting", "stopping"),
    ("restarting", "failed"),
    ("starting", "restarting"),
    ("stopped", "restarting"),
    ("failed", "restarting"),
    ("running", "stopping"),
    ("running", "failed"),
    ("stopping", "stopped"),
    ("failed", "starting"),
    ("failed", "stopped"),
}


@pytest.mark.parametrize(("old", "new"), list(product(STATES, STATES)))
def test_the_table_allows_exactly_what_the_life_of_a_server_can_be(old: str, new: str) -> None:
    if (old, new) in ALLOWED:
        check_transition(STATES[old], STATES[new])
    else:
        with pytest.raises(IllegalTransition):
            check_transition(STATES[old], STATES[new])


def test_the_table_knows_every_state() -> None:
    assert set(TRANSITIONS) == {type(state) for state in STATES.values()}


def test_a_launch_cannot_change_its_config_on_the_way() -> None:
    other = Starting(config=ServerConfig(model_path=Path("b.gguf")), since=0.0)
    with pytest.raises(IllegalTransition):
        check_transition(STATES["starting"], other)
