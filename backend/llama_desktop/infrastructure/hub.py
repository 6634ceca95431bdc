"""The Hugging Face Hub: search, a repository, its files. Every answer is taken as hostile."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import httpx
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from llama_desktop.domain.downloads import HubFile, HubModel
from llama_desktop.domain.errors import BadRequest, HubGated, HubModelNotFound, HubUnreachable
from llama_desktop.infrastructure.net.reach import Reach, hub_reach, is_loopback
from llama_desktop.infrastructure.net.web import Answer, Web

USUAL_ENDPOINT: Final = "https://huggingface.co"
MAX_FILES: Final = 20_000
_MAX_PAGES: Final = 20
_MAX_QUERY: Final = 200
_MAX_SIZE: Final = 1 << 50
_MAX_PATH: Final = 1000
_REPO: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;\s*rel="next"')
_SEARCH_FIELDS: Final = ("downloads", "likes", "gated", "tags", "pipeline_tag", "gguf")
_VISION_TAGS: Final = frozenset({"image-text-to-text", "vision", "any-to-any"})

S = TypeVar("S")


class RepoFacts(Struct, frozen=True, kw_only=True):
    """What the Hub says about a repository, its files left out."""

    repo: str
    commit: str
    is_gated: bool
    downloads: int
    likes: int
    license: str | None
    parameter_count: int | None
    context_length: int | None
    architecture: str | None
    has_vision: bool


def find_endpoint(environment: Mapping[str, str] = os.environ) -> httpx.URL:
    """The Hub's address: HF_ENDPOINT where it is set.

    Raises:
        BadRequest: HF_ENDPOINT is no https address, and not on this machine either.
    """
    text = environment.get("HF_ENDPOINT", "").strip() or USUAL_ENDPOINT
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadRequest(f"HF_ENDPOINT is no address: {text[:100]}.") from error
    is_plain = url.scheme == "http" and is_loopback(url.host)
    if not url.host or url.userinfo or not (url.scheme == "https" or is_plain):
        raise BadRequest("HF_ENDPOINT has to begin with https://, or lie on this machine.")
    return url


class Hub:
    """Asks the Hub. Opens nothing before it is asked."""

    def __init__(self, web: Web, endpoint: httpx.URL) -> None:
        self._web = web
        self.endpoint: Final = endpoint
        self.reach: Final[Reach] = hub_reach(endpoint)

    async def search(self, query: str, *, limit: int = 40) -> tuple[HubModel, ...]:
        """Repositories with GGUF files whose name holds the words, most downloaded first.

        Raises:
            Offline, HubUnreachable: no usable answer.
        """
        parameters: list[tuple[str, str]] = [
            ("search", query.strip()[:_MAX_QUERY]),
            ("filter", "gguf"),
            ("sort", "downloads"),
            ("direction", "-1"),
            ("limit", str(limit)),
            *(("expand[]", name) for name in _SEARCH_FIELDS),
        ]
        answer, content = await self._get("/api/models", parameters)
        self._require_good(answer, None)
        found = (_convert(entry, _Listed) for entry in _entries(content))
        return tuple(_model(one) for one in found if one is not None and _REPO.fullmatch(one.id))

    async def facts(self, repo: str) -> RepoFacts:
        """What the Hub says about a repository.

        Raises:
            BadRequest: this is no name of a repository.
            HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        answer, content = await self._get(f"/api/models/{require_repo(repo)}")
        self._require_good(answer, repo)
        listed = _convert(Raw(content), _Listed)
        if listed is None or not _COMMIT.fullmatch(listed.sha):
            raise self._nonsense()
        gguf = listed.gguf or _Gguf()
        return RepoFacts(
            # The Hub answers for a name of before a renaming, too.
            repo=listed.id if _REPO.fullmatch(listed.id) else repo,
            commit=listed.sha,
            is_gated=listed.gated is not False,
            downloads=max(listed.downloads, 0),
            likes=max(listed.likes, 0),
            license=_license(listed.tags),
            parameter_count=_count(gguf.total),
            context_length=_count(gguf.context_length),
            architecture=gguf.architecture[:40] if isinstance(gguf.architecture, str) else None,
            has_vision=_has_vision(listed),
        )

    async def files(self, repo: str, commit: str) -> tuple[HubFile, ...]:
        """All GGUF files of a repository at a commit, in whatever folder.

        Raises:
            BadRequest: this is no name of a repository, or no commit.
            HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        if not _COMMIT.fullmatch(commit):
            raise BadRequest("This is no commit.")
        path = f"/api/models/{require_repo(repo)}/tree/{commit}"
        url = self._url(path, [("recursive", "true")])
        files: dict[str, HubFile] = {}
        for _ in range(_MAX_PAGES):
            answer, content = await self._web.read(url, self.reach)
            self._require_good(answer, repo)
            for entry in _entries(content):
                file = _file(_convert(entry, _TreeEntry))
                if file is not None:
                    files.setdefault(file.path, file)
            following = _NEXT.search(answer.header("link") or "")
            if following is None or len(files) > MAX_FILES:
                break
            url = url.join(following[1])
        return tuple(files.values())

    def file_url(self, repo: str, commit: str, path: str) -> httpx.URL:
        """Where a file of a repository is fetched, pinned to a commit."""
        return self._url(f"/{require_repo(repo)}/resolve/{commit}/{path}")

    def require_file(self, status: int, repo: str | None) -> None:
        """Make an error of a status that is none of a file.

        Raises:
            HubModelNotFound, HubGated, HubUnreachable: for what the status says.
        """
        name = repo or "It"
        if status == 404:
            raise HubModelNotFound(f"{name} is not on {self.endpoint.host} (any more).")
        if status in (401, 403):
            raise HubGated(
                f"{name} is not open to everybody: agree to its terms on its page, then give the "
                "app an access token of your account."
            )
        if status == 429:
            raise HubUnreachable(
                f"{self.endpoint.host} has been asked too often. Try again in a few minutes."
            )
        if status >= 400:
            raise HubUnreachable(f"{self.endpoint.host} answers with error {status}.")

    def _url(self, path: str, parameters: Sequence[tuple[str, str]] = ()) -> httpx.URL:
        base = self.endpoint.copy_with(path=self.endpoint.path.rstrip("/") + path)
        return base.copy_merge_params(list(parameters)) if parameters else base

    async def _get(
        self, path: str, parameters: Sequence[tuple[str, str]] = ()
    ) -> tuple[Answer, bytes]:
        return await self._web.read(self._url(path, parameters), self.reach)

    def _require_good(self, answer: Answer, repo: str | None) -> None:
        # The Hub says 401, not 404, for what does not exist or may not be known to exist.
        if answer.status == 401 and answer.passed.get("x-error-code") == "RepoNotFound":
            raise HubModelNotFound(f"{repo} is not on {self.endpoint.host}, or it is private.")
        self.require_file(answer.status, repo)
        if answer.status != 200:
            raise self._nonsense()

    def _nonsense(self) -> HubUnreachable:
        return HubUnreachable(f"{self.endpoint.host} answers something that is not understood.")


def require_repo(repo: str) -> str:
    """A repository's name as it may stand in an address.

    Raises:
        BadRequest: it is none.
    """
    if not _REPO.fullmatch(repo) or ".." in repo:
        raise BadRequest("A model on the Hub is named owner/name.")
    return repo


class _Gguf(Struct):
    total: Any = None
    context_length: Any = None
    architecture: Any = None


class _Listed(Struct):
    id: str
    sha: str = ""
    downloads: int = 0
    likes: int = 0
    gated: bool | str = False
    tags: list[Any] = []
    pipeline_tag: str | None = None
    gguf: _Gguf | None = None


class _Lfs(Struct):
    oid: str
    size: int


class _TreeEntry(Struct):
    path: str
    size: int
    type: str = "file"
    lfs: _Lfs | UnsetType | None = UNSET


def _entries(content: bytes) -> list[Raw]:
    try:
        return msgspec.json.decode(content, type=list[Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HubUnreachable("The Hub answers something that is not understood.") from error


def _convert(entry: Raw, kind: type[S]) -> S | None:
    """One entry; None: it is not what it should be, and the others may still be good."""
    try:
        return msgspec.json.decode(entry, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _model(listed: _Listed) -> HubModel:
    return HubModel(
        repo=listed.id,
        downloads=max(listed.downloads, 0),
        likes=max(listed.likes, 0),
        is_gated=listed.gated is not False,
        has_vision=_has_vision(listed),
        parameter_count=_count(listed.gguf.total) if listed.gguf else None,
    )


def _file(entry: _TreeEntry | None) -> HubFile | None:
    if entry is None or entry.type != "file" or not entry.path.lower().endswith(".gguf"):
        return None
    lfs = entry.lfs or None
    size = lfs.size if lfs else entry.size
    if not 0 < size < _MAX_SIZE or len(entry.path) > _MAX_PATH:
        return None
    sha256 = lfs.oid.lower().removeprefix("sha256:") if lfs else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        return None
    return HubFile(path=entry.path, size_bytes=size, sha256=sha256)


def _has_vision(listed: _Listed) -> bool:
    return listed.pipeline_tag in _VISION_TAGS or any(
        isinstance(tag, str) and tag in _VISION_TAGS for tag in listed.tags
    )


def _license(tags: list[Any]) -> str | None:
    for tag in tags:
        if isinstance(tag, str) and tag.startswith("license:"):
            return tag.removeprefix("license:")[:40] or None
    return None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 < value < _MAX_SIZE else None
