"""Reads an address of the Hub's pages: which repository it is of, and which file. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

import httpx

from llama_desktop.domain.errors import BadRequest
from llama_desktop.infrastructure.hub import require_repo

_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_FILE: Final = re.compile(r"/(?:blob|resolve|raw)/[^/]+/(?P<path>.+)")


def read_hub_link(text: str, endpoint_host: str) -> tuple[str, str | None] | None:
    """The repository and, where the address names one, the file; None: it is no such address."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        return None
    if url.scheme not in ("http", "https") or url.host not in {*_HOSTS, endpoint_host}:
        return None
    owner, _, rest = unquote(url.path).strip("/").partition("/")
    name, slash, below = rest.partition("/")
    try:
        repo = require_repo(f"{owner}/{name}")
    except BadRequest:
        return None
    match = _FILE.fullmatch(slash + below)
    return repo, match["path"] if match else None
