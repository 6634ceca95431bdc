"""The program's contract with other programs, on the real app with the real embedded engine."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from driver.running_app import DEVELOPMENT, CommandFailed, RunningApp, running_app

GONE_SECONDS = 5.0


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(tmp_path / "data") as started:
        yield started


def _load(app: RunningApp, model: Path, **config: object) -> dict[str, object]:
    state: dict[str, object] = app.invoke(
        "start_llama_server", config={"model_path": str(model), "threads": 1, **config}
    )
    return state


def _ask(app: RunningApp, conversation_id: str, content: str) -> dict[str, object]:
    """Send a question and wait for the end of its answer; the answer's message."""
    with app.listen("answers") as events:
        events.next()
        ids = app.invoke("send_message", conversation_id=conversation_id, content=content)
        heard = events.until("answers", lambda event: event["type"] in ("finished", "failed"))
    assert heard[-1]["message_id"] == ids["answer_message_id"]
    message: dict[str, object] = heard[-1]["message"]
    return message


def _wait_gone(pids: list[int]) -> None:
    """Fail unless all these processes leave within the promised time."""
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(running, timeout=GONE_SECONDS)
    alive = [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    assert not alive


def test_a_chat_is_there_again_after_a_restart(tmp_path: Path, tiny_model: Path) -> None:
    with running_app(tmp_path / "data") as app:
        library = app.invoke("add_model_folder", path=str(tiny_model.parent))
        assert [folder["path"] for folder in library["folders"]] == [str(tiny_model.parent)]
        models = app.invoke("list_models")
        assert str(tiny_model) in [model["path"] for model in models]
        running = _load(app, tiny_model)
        assert running["type"] == "running"
        assert app.invoke("get_server_state")["pid"] == running["pid"]

        app.invoke("update_settings", title_by_model=False)
        chat = app.invoke("create_conversation")
        answer = _ask(app, chat["id"], "Hello, who are you?")
        assert answer["status"] == "complete"
        assert answer["content"]
        assert answer["stats"]["generated_tokens"] > 0
        assert answer["stats"]["tokens_per_second"] > 0
        assert answer["stats"]["first_token_seconds"] > 0
        assert answer["model"]["file"] == tiny_model.name

    with running_app(tmp_path / "data") as again:
        listed = again.invoke("list_conversations")
        assert [entry["id"] for entry in listed] == [chat["id"]]
        assert listed[0]["title"] == "Hello, who are you?"
        kept = again.invoke("get_conversation", conversation_id=chat["id"])
        assert [message["role"] for message in kept["messages"]] == ["user", "assistant"]
        assert kept["messages"][1]["content"] == answer["content"]
        assert str(tiny_model) in [model["path"] for model in again.invoke("list_models")]


def test_the_deltas_make_up_the_answer(app: RunningApp, tiny_model: Path) -> None:
    _load(app, tiny_model)
    chat = app.invoke("create_conversation")

    with app.listen("answers") as events:
        assert events.next() == ("answers", 0, {"type": "snapshot", "turns": [], "ended": []})
        app.invoke("send_message", conversation_id=chat["id"], content="Hello")
        heard = events.until("answers", lambda event: event["type"] == "finished")

    text = "".join(event["text"] for event in heard if event["type"] == "content_delta")
    assert heard[0]["type"] == "started"
    assert text == heard[-1]["message"]["content"]
    sequences = [event["sequence"] for event in heard]
    assert sequences == sorted(set(sequences))


def test_a_page_that_comes_in_the_middle_gets_the_answer_whole(
    app: RunningApp, endless_model: Path
) -> None:
    _load(app, endless_model)
    chat = app.invoke("create_conversation")
    with app.listen("answers") as early:
        ids = app.invoke("send_message", conversation_id=chat["id"], content="Hello")
        early.until("answers", lambda event: event["type"] == "content_delta")

        with app.listen("answers") as late:
            _, _, snapshot = late.next()
            [turn] = snapshot["turns"]
            app.invoke(
                "stop_answer",
                conversation_id=chat["id"],
                message_id=ids["answer_message_id"],
            )
            heard = late.until("answers", lambda event: event["type"] == "finished")

    missed = "".join(event["text"] for event in heard if event["type"] == "content_delta")
    assert turn["message"]["content"]
    assert turn["message"]["content"] + missed == heard[-1]["message"]["content"]
    assert heard[-1]["message"]["status"] == "stopped"


@pytest.mark.parametrize(
    ("command", "arguments", "status", "code"),
    [
        ("no_such_command", {}, 404, "unknown_command"),
        ("send_message", {}, 400, "bad_request"),
        ("send_message", {"conversation_id": 3, "content": "x"}, 400, "bad_request"),
        ("get_server_state", {"surplus": 1}, 400, "bad_request"),
        ("get_conversation", {"conversation_id": "../../etc/passwd"}, 404, None),
        ("open_external", {"url": "file:///etc/passwd"}, 422, "link_refused"),
        ("pick_folder", {}, 501, "no_window"),
        ("add_model_folder", {"path": "/does/not/exist"}, 422, "folder_unusable"),
    ],
)
def test_a_bad_request_is_answered_with_a_code_and_a_sentence(
    app: RunningApp, command: str, arguments: dict[str, object], status: int, code: str | None
) -> None:
    with pytest.raises(CommandFailed) as failed:
        app.invoke(command, **arguments)

    assert failed.value.status == status
    assert code is None or failed.value.code == code
    assert "Traceback" not in failed.value.message


def test_a_question_without_a_model_writes_nothing(app: RunningApp) -> None:
    chat = app.invoke("create_conversation")

    with pytest.raises(CommandFailed) as failed:
        app.invoke("send_message", conversation_id=chat["id"], content="Hello")

    assert failed.value.code == "server_not_running"
    kept = app.invoke("get_conversation", conversation_id=chat["id"])
    assert kept["messages"] == []


def test_strangers_are_refused_by_the_real_server(app: RunningApp) -> None:
    bearer = {"authorization": f"Bearer {app.token}"}
    asked = f"{app.base}/api/invoke/get_server_state"
    with httpx.Client(trust_env=False) as client:
        assert client.post(asked, json={}).status_code == 401
        foreign = client.post(asked, json={}, headers={**bearer, "host": "evil.example"})
        assert foreign.status_code == 403
        page = client.post(asked, json={}, headers={**bearer, "origin": "https://evil.example"})
        assert page.status_code == 403
        assert client.post(asked, json={}, headers=bearer).status_code == 200
        too_large = client.post(asked, content=b" " * (17 * 1024 * 1024), headers=bearer)
        assert too_large.status_code == 413


def test_small_answers_do_not_wait_for_an_acknowledgement(app: RunningApp) -> None:
    """With Nagle's algorithm on, each request would take the 40 ms of a delayed one."""
    times = []
    for _ in range(30):
        began = time.perf_counter()
        app.invoke("get_server_state")
        times.append(time.perf_counter() - began)

    assert sorted(times)[len(times) // 2] < 0.030


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_app_and_its_engine(
    tmp_path: Path, endless_model: Path, number: signal.Signals
) -> None:
    with running_app(tmp_path / "data") as app:
        pid = _load(app, endless_model)["pid"]
        chat = app.invoke("create_conversation")
        app.invoke("send_message", conversation_id=chat["id"], content="Talk for ever")

        app.process.send_signal(number)

        assert app.process.wait(GONE_SECONDS) == 0
        _wait_gone([int(str(pid))])


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_no_engine_outlives_an_app_that_is_killed(tmp_path: Path, tiny_model: Path) -> None:
    with running_app(tmp_path / "data") as app:
        _load(app, tiny_model)
        children = [child.pid for child in psutil.Process(app.pid).children(recursive=True)]
        assert children

        app.kill()

        _wait_gone(children)


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_a_killed_app_loses_at_most_the_last_second_of_an_answer(
    tmp_path: Path, slow_endless_model: Path
) -> None:
    with running_app(tmp_path / "data") as app:
        _load(app, slow_endless_model)
        chat = app.invoke("create_conversation")
        with app.listen("answers") as events:
            app.invoke("send_message", conversation_id=chat["id"], content="Hello")
            heard: list[tuple[float, str]] = []
            while not heard or time.monotonic() - heard[0][0] < 2.5:
                _, _, event = events.next()
                if event["type"] == "content_delta":
                    heard.append((time.monotonic(), event["text"]))
                assert event["type"] not in ("finished", "failed")
            killed = time.monotonic()
            app.kill()

    must_be_kept = "".join(text for at, text in heard if at < killed - 1.0)
    with running_app(tmp_path / "data") as again:
        kept = again.invoke("get_conversation", conversation_id=chat["id"])
    question, answer = kept["messages"]
    assert question["content"] == "Hello"
    assert answer["status"] == "cut_short"
    assert must_be_kept
    assert answer["content"].startswith(must_be_kept)


def test_a_second_start_on_the_same_data_ends_and_says_why(app: RunningApp, tmp_path: Path) -> None:
    second = subprocess.run(
        [*DEVELOPMENT, "--headless", "--data-dir", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert second.returncode == 1
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stdout == ""
    assert app.invoke("get_server_state") == {"type": "stopped"}


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [*DEVELOPMENT, "--headless", "--data-dir", str(tmp_path / "d"), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert result.returncode == 1
    assert f"port {port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_version_is_told() -> None:
    result = subprocess.run(
        [*DEVELOPMENT, "--version"], capture_output=True, text=True, timeout=30, check=True
    )

    assert result.stdout.startswith("Llama Desktop ")


def test_the_json_line_is_all_that_goes_to_stdout(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*DEVELOPMENT, "--headless", "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.terminate()
    rest = process.stdout.read()
    process.stdout.close()
    process.wait(GONE_SECONDS)

    address = json.loads(line)
    assert address["url"] == f"http://127.0.0.1:{address['port']}/#token={address['token']}"
    assert address["pid"] == process.pid
    assert rest == b""
