"""Finds models on the Hub and starts their downloads. Asks the network only when it is asked."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from typing import Final

import httpx

from llama_desktop.domain.downloads import Download, HubModel, HubQuantization, HubRepo
from llama_desktop.domain.errors import DownloadRefused, HubModelNotFound
from llama_desktop.infrastructure.download.remote_file import find_size
from llama_desktop.infrastructure.hub import Hub
from llama_desktop.infrastructure.net.reach import url_reach
from llama_desktop.infrastructure.net.web import Web
from llama_desktop.services.models.download_plan import (
    make_model_file_name,
    plan_hub_download,
    plan_url_download,
)
from llama_desktop.services.models.download_run import require_plain_file
from llama_desktop.services.models.downloads import DownloadService
from llama_desktop.services.models.hub_catalog import group_files
from llama_desktop.services.models.hub_link import read_hub_link

_REMEMBERED: Final = 32


class FinderService:
    """Remembers the repositories that were looked at last, so that a download is what was seen."""

    def __init__(self, hub: Hub, web: Web, downloads: DownloadService) -> None:
        self._hub = hub
        self._web = web
        self._downloads = downloads
        self._seen: OrderedDict[str, HubRepo] = OrderedDict()

    async def search(self, query: str) -> tuple[HubModel, ...]:
        """Repositories with GGUF files; an address of one finds exactly that.

        Raises:
            Offline, HubUnreachable: no usable answer.
        """
        link = read_hub_link(query, self._hub.endpoint.host)
        if link is None:
            return await self._hub.search(query)
        repo = await self.model(link[0])
        return (
            HubModel(
                repo=repo.repo,
                downloads=repo.downloads,
                likes=repo.likes,
                is_gated=repo.is_gated,
                has_vision=repo.has_vision,
                parameter_count=repo.parameter_count,
            ),
        )

    async def model(self, repo: str) -> HubRepo:
        """What a repository offers, at its newest commit.

        Raises:
            BadRequest: this is no name of a repository.
            HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        facts = await self._hub.facts(repo)
        quantizations, projectors = group_files(await self._hub.files(facts.repo, facts.commit))
        seen = HubRepo(
            repo=facts.repo,
            commit=facts.commit,
            is_gated=facts.is_gated,
            downloads=facts.downloads,
            likes=facts.likes,
            license=facts.license,
            parameter_count=facts.parameter_count,
            context_length=facts.context_length,
            architecture=facts.architecture,
            has_vision=facts.has_vision or bool(projectors),
            quantizations=quantizations,
            projectors=projectors,
        )
        self._seen[repo] = seen
        self._seen.move_to_end(repo)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return seen

    async def recall(self, repo: str) -> HubRepo:
        """The same as it was seen last, asked for only where it was not.

        Raises:
            BadRequest, HubModelNotFound, HubGated, Offline, HubUnreachable: no usable answer.
        """
        return self._seen.get(repo) or await self.model(repo)

    async def download(
        self, repo: str, quantization: str, *, with_projector: bool = False
    ) -> Download:
        """Start to fetch a model with all its parts, as it was seen last.

        Raises:
            HubModelNotFound: the repository has no such quantisation.
            DownloadRefused, HubGated, Offline, HubUnreachable, StorageFailed: it cannot start.
        """
        seen = await self.recall(repo)
        chosen = next((one for one in seen.quantizations if one.name == quantization), None)
        if chosen is None:
            raise HubModelNotFound(f"{repo} has no {quantization}.")
        return await self._start(seen, chosen, with_projector=with_projector)

    async def download_url(self, url: str) -> Download:
        """Start to fetch one file from an address. One of the Hub is checked by its SHA-256.

        Raises:
            DownloadRefused, AddressRefused: it is no file that we fetch.
            HubModelNotFound, HubGated, Offline, HubUnreachable, StorageFailed: it cannot start.
        """
        link = read_hub_link(url, self._hub.endpoint.host)
        if link is not None and link[1] is not None:
            return await self._download_hub_file(link[0], link[1])
        try:
            address = httpx.URL(url.strip())
        except (httpx.InvalidURL, ValueError) as error:
            raise DownloadRefused("This is no address.") from error
        make_model_file_name(address.path.rsplit("/", 1)[-1])
        size_bytes = await find_size(
            self._web,
            address,
            url_reach(address, self._hub.endpoint),
            require_file=lambda status: require_plain_file(status, address),
        )
        return await self._downloads.start(
            plan_url_download(
                _new_id(),
                url=address,
                size_bytes=size_bytes,
                folder=await self._downloads.find_folder(),
            )
        )

    async def _download_hub_file(self, repo: str, path: str) -> Download:
        seen = await self.model(repo)
        for quantization in seen.quantizations:
            if any(file.path == path for file in quantization.files):
                return await self._start(seen, quantization, with_projector=False)
        raise HubModelNotFound(f"{repo} has no model file {path}.")

    async def _start(
        self, seen: HubRepo, chosen: HubQuantization, *, with_projector: bool
    ) -> Download:
        projector = seen.projectors[0] if with_projector and seen.projectors else None
        files = [*chosen.files, *([projector] if projector else [])]
        return await self._downloads.start(
            plan_hub_download(
                _new_id(),
                repo=seen.repo,
                urls={
                    file.path: str(self._hub.file_url(seen.repo, seen.commit, file.path))
                    for file in files
                },
                quantization=chosen,
                projector=projector,
                folder=await self._downloads.find_folder(),
            )
        )


def _new_id() -> str:
    return uuid.uuid4().hex
