"""The Hub's answers, good and hostile, and where its token is kept."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.download_app import open_downloads
from fakes.fake_hub import COMMIT, FakeHub, fake_hub, make_content
from llama_desktop.domain.downloads import TokenPlace
from llama_desktop.domain.errors import BadRequest, HubModelNotFound, HubUnreachable
from llama_desktop.infrastructure.hub_token import HubToken

REPO = "acme/Tiny-GGUF"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as started:
        files = started.add(
            REPO,
            gated="manual",
            pipeline_tag="image-text-to-text",
            gguf={"total": 4_300_000_000, "context_length": 131072, "architecture": "gemma3"},
        )
        files["Tiny-Q4_0.gguf"] = make_content(2000)
        files["README.md"] = b"text"
        yield started


async def test_a_search_finds_repositories_with_what_the_hub_says(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        (found,) = await app.finder.search("tiny")
        (by_link,) = await app.finder.search(f"{hub.url}/{REPO}")
    assert (found.repo, found.downloads, found.is_gated, found.has_vision) == (
        REPO,
        1000,
        True,
        True,
    )
    assert found.parameter_count == 4_300_000_000
    assert by_link.repo == REPO
    assert "filter=gguf" in hub.asked[0]


async def test_a_repository_tells_its_models_facts_and_commit(hub: FakeHub, tmp_path: Path) -> None:
    async with open_downloads(tmp_path, hub) as app:
        repo = await app.finder.model(REPO)
        with pytest.raises(HubModelNotFound):
            await app.finder.model("acme/none")
        for wrong in ("acme", "../etc", "a/b/c", "a b/c", "a/..", ""):
            with pytest.raises(BadRequest):
                await app.finder.model(wrong)
    assert repo.commit == COMMIT
    assert (repo.license, repo.context_length, repo.architecture) == (
        "apache-2.0",
        131072,
        "gemma3",
    )
    assert [one.name for one in repo.quantizations] == ["Q4_0"]


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>Log in to the hotel's network</html>",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b'{"id": 5}',
        b"x" * 17_000_000,
    ],
    ids=["html", "object", "bytes", "deep", "null", "number", "huge"],
)
async def test_an_answer_that_is_not_understood_is_told(
    hub: FakeHub, tmp_path: Path, answer: bytes
) -> None:
    hub.behaviour.raw = answer
    async with open_downloads(tmp_path, hub) as app:
        with pytest.raises(HubUnreachable):
            await app.finder.search("tiny")
        with pytest.raises(HubUnreachable):
            await app.finder.model(REPO)


async def test_a_packed_answer_is_not_unpacked(hub: FakeHub, tmp_path: Path) -> None:
    hub.behaviour.raw = gzip.compress(b"[]" + b" " * 50_000_000)
    hub.behaviour.headers = {"content-encoding": "gzip"}
    async with open_downloads(tmp_path, hub) as app:
        with pytest.raises(HubUnreachable, match="not asked for"):
            await app.finder.search("tiny")


async def test_entries_that_are_wrong_are_left_out_and_the_others_stay(
    hub: FakeHub, tmp_path: Path
) -> None:
    good = {"type": "file", "path": "a-Q4_0.gguf", "size": 5, "lfs": {"oid": "a" * 64, "size": 7}}
    wrong: list[Any] = [
        None,
        {"path": 5},
        {**good, "path": "b.gguf", "size": -1, "lfs": None},
        {**good, "path": "c.gguf", "lfs": {"oid": "short", "size": 7}},
        {**good, "path": "d.gguf", "lfs": {"oid": "a" * 64, "size": 1 << 60}},
        {**good, "path": "x" * 2000 + ".gguf"},
        {**good, "path": "f.gguf", "type": "directory"},
    ]
    hub.behaviour.tree = [*wrong, good]
    async with open_downloads(tmp_path, hub) as app:
        (quantization,) = (await app.finder.model(REPO)).quantizations
    assert quantization.size_bytes == 7


async def test_search_results_that_are_wrong_are_left_out(hub: FakeHub, tmp_path: Path) -> None:
    entries = [{"id": "../x"}, {"id": 3}, {"downloads": 1}, {"id": REPO, "gguf": {"total": "x"}}]
    hub.behaviour.raw = json.dumps(entries).encode()
    async with open_downloads(tmp_path, hub) as app:
        (found,) = await app.finder.search("")
    assert found.parameter_count is None


async def test_without_a_keychain_the_token_is_in_a_file_of_its_user_alone(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with open_downloads(tmp_path, hub) as app:
        assert (await app.account.access()).token_place is TokenPlace.NONE
        access = await app.account.save_token(" hf_abc ")
        assert (access.token_place, access.has_keychain) == (TokenPlace.FILE, False)
        file = tmp_path / "hub-token"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for wrong in ("", "two words", "ü", "a\nb", "x" * 600):
            with pytest.raises(BadRequest):
                await app.account.save_token(wrong)
        assert await app.account.token() == "hf_abc"
        assert (await app.account.delete_token()).token_place is TokenPlace.NONE
        assert not file.exists()


class _Keychain:
    def __init__(self, *, fails: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self._fails = fails

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        if self._fails:
            raise RuntimeError("locked")
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_a_keychain_has_the_token_and_no_file_does(tmp_path: Path) -> None:
    token = HubToken(tmp_path / "t", keychain=_Keychain(), environment={})
    token.write("hf_abc")
    assert token.read() == ("hf_abc", TokenPlace.KEYCHAIN)
    assert list(tmp_path.iterdir()) == []
    token.delete()
    assert token.read() == (None, TokenPlace.NONE)


def test_a_keychain_that_refuses_leaves_it_to_the_file(tmp_path: Path) -> None:
    token = HubToken(tmp_path / "t", keychain=_Keychain(fails=True), environment={})
    token.write("hf_abc")
    assert token.read() == ("hf_abc", TokenPlace.FILE)


def test_a_token_of_the_environment_comes_first(tmp_path: Path) -> None:
    token = HubToken(tmp_path / "t", keychain=None, environment={"HF_TOKEN": "hf_env"})
    token.write("hf_abc")
    assert token.read() == ("hf_env", TokenPlace.ENVIRONMENT)
