"""Where the files of a download go, and what they are called there. Pure.

A name from a server is never used as it is: each of its parts becomes a name that every system
takes, and nothing leaves the folder that was chosen.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

import httpx

from llama_desktop.domain.downloads import DownloadPlan, HubFile, HubQuantization, PlannedFile
from llama_desktop.domain.errors import DownloadRefused
from llama_desktop.services.file_names import make_file_name
from llama_desktop.services.models.model_names import read_name

_GGUF: Final = ".gguf"
_MAX_FOLDERS: Final = 4
_PART: Final = re.compile(r"(.*?)(-\d{5}-of-\d{5})?", re.DOTALL)


def plan_hub_download(
    download_id: str,
    *,
    repo: str,
    urls: dict[str, str],
    quantization: HubQuantization,
    projector: HubFile | None,
    folder: Path,
) -> DownloadPlan:
    """All files of a model: its vision part first, the file to load last.

    `urls`: where each path of the repository is fetched.
    """
    if quantization.missing_parts:
        numbers = ", ".join(map(str, quantization.missing_parts[:10]))
        raise DownloadRefused(f"The repository lacks parts of this model: {numbers}.")
    files = [*([projector] if projector else []), *reversed(quantization.files)]
    name = read_name(PurePosixPath(quantization.files[0].path).name)
    return DownloadPlan(
        id=download_id,
        title=name.name,
        quantization=name.quantization,
        repo=repo,
        files=tuple(
            PlannedFile(
                url=urls[file.path],
                target=make_target(folder, repo, file.path),
                size_bytes=file.size_bytes,
                sha256=file.sha256,
            )
            for file in files
        ),
        folder=folder,
    )


def plan_url_download(
    download_id: str, *, url: httpx.URL, size_bytes: int, folder: Path
) -> DownloadPlan:
    """One file from an address."""
    file_name = PurePosixPath(unquote(url.path)).name
    target = folder / make_model_file_name(file_name)
    name = read_name(target.name)
    return DownloadPlan(
        id=download_id,
        title=name.name,
        quantization=name.quantization,
        repo=None,
        files=(PlannedFile(url=str(url), target=target, size_bytes=size_bytes, sha256=None),),
        folder=folder,
    )


def make_target(folder: Path, repo: str, path: str) -> Path:
    """Below the folder: owner, repository, and the file as the repository has it."""
    *folders, file_name = re.split(r"[/\\]", path)
    below = [part for part in folders if part not in ("", ".", "..")][:_MAX_FOLDERS]
    places = [make_file_name(part, "") for part in (*repo.split("/"), *below)]
    return folder.joinpath(*places, make_model_file_name(file_name))


def make_model_file_name(file_name: str) -> str:
    """A name for a model file that every system takes; the part number of a split one stays."""
    if not file_name.lower().endswith(_GGUF):
        raise DownloadRefused("The address does not end in .gguf, so it is no model for this app.")
    match = _PART.fullmatch(file_name[: -len(_GGUF)])
    stem, part = (match[1], match[2] or "") if match else (file_name, "")
    return make_file_name(stem, "") + part + _GGUF
