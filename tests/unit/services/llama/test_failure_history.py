"""When a server is restarted by itself, and what is offered after each failure in a row."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from fakes.fake_launcher import build_failure
from llama_desktop.domain.failure import ChooseModel, FailureCause, LoadAgain, OpenDoctor
from llama_desktop.domain.llama import ServerConfig
from llama_desktop.services.llama.failure_history import PATIENCE_SECONDS, FailureHistory

A = ServerConfig(model_path=Path("a.gguf"))
B = ServerConfig(model_path=Path("b.gguf"))
FAILURE = replace(build_failure(), actions=(LoadAgain(), ChooseModel(), OpenDoctor()))


def test_one_crash_is_answered_by_a_restart_and_a_second_within_two_minutes_is_not() -> None:
    history = FailureHistory()
    assert history.note_crash(A, 0.0)
    assert not history.note_crash(A, PATIENCE_SECONDS)
    assert not history.note_crash(A, 2 * PATIENCE_SECONDS)
    assert history.note_crash(A, 3 * PATIENCE_SECONDS + 1)


def test_the_crash_of_another_model_is_its_first() -> None:
    history = FailureHistory()
    history.note_crash(A, 0.0)
    assert history.note_crash(B, 1.0)


def test_the_second_and_third_failure_by_one_cause_offer_something_else_first() -> None:
    history = FailureHistory()
    noted = [history.note(A, FAILURE) for _ in range(3)]
    assert [each.attempt for each in noted] == [1, 2, 3]
    assert [each.actions[0] for each in noted] == list(FAILURE.actions)
    assert all(set(each.actions) == set(FAILURE.actions) for each in noted)


def test_another_cause_another_model_and_a_good_run_begin_anew() -> None:
    history = FailureHistory()
    history.note(A, FAILURE)
    assert history.note(A, replace(FAILURE, cause=FailureCause.HANGS)).attempt == 1
    assert history.note(B, replace(FAILURE, cause=FailureCause.HANGS)).attempt == 1
    history.note_good_run(PATIENCE_SECONDS + 1)
    assert history.note(B, replace(FAILURE, cause=FailureCause.HANGS)).attempt == 1


def test_a_load_that_works_ends_the_row_of_loads_that_failed_but_not_of_crashes() -> None:
    history = FailureHistory()
    loading, running = (replace(FAILURE, while_loading=is_load) for is_load in (True, False))
    history.note(A, loading)
    history.note_loaded()
    assert history.note(A, loading).attempt == 1
    history.note(A, running)
    history.note_loaded()
    assert history.note(A, running).attempt == 3


def test_no_more_than_three_actions_are_shown() -> None:
    many = replace(FAILURE, actions=(*FAILURE.actions, *FAILURE.actions))
    assert len(FailureHistory().note(A, many).actions) == 3
