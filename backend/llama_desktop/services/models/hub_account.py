"""The person's access to the Hub: its address and their token. The token never leaves this place
but to the Hub itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from llama_desktop.domain.downloads import HubAccess, TokenPlace
from llama_desktop.domain.errors import BadRequest
from llama_desktop.infrastructure.hub_token import HubToken

_MAX_TOKEN = 500


class HubAccountService:
    """Alone holds the token. The keychain is looked for when it is first needed."""

    def __init__(self, endpoint: httpx.URL, open_token: Callable[[], HubToken]) -> None:
        """`open_token` looks for the keychain, and may block."""
        self._endpoint = endpoint
        self._open_token = open_token
        self._kept: HubToken | None = None
        self._read: tuple[str | None, TokenPlace] | None = None

    async def token(self) -> str | None:
        """The token for the Hub; None: there is none."""
        token, _ = await self._look()
        return token

    async def access(self) -> HubAccess:
        """What the page may know of it."""
        _, place = await self._look()
        assert self._kept is not None
        return HubAccess(
            endpoint=f"{self._endpoint.scheme}://{self._endpoint.netloc.decode()}",
            token_place=place,
            has_keychain=self._kept.has_keychain,
        )

    async def save_token(self, token: str) -> HubAccess:
        """Keep a token, in the keychain where there is one.

        Raises:
            BadRequest: it is no token.
            StorageFailed: it cannot be kept.
        """
        text = token.strip()
        if not (0 < len(text) < _MAX_TOKEN and text.isascii() and text.isprintable()):
            raise BadRequest("This is no access token. It usually begins with hf_.")
        if " " in text:
            raise BadRequest("An access token has no spaces.")
        kept = await self._open()
        await asyncio.to_thread(kept.write, text)
        self._read = None
        return await self.access()

    async def delete_token(self) -> HubAccess:
        """Forget the token.

        Raises:
            StorageFailed: it stays.
        """
        kept = await self._open()
        await asyncio.to_thread(kept.delete)
        self._read = None
        return await self.access()

    async def _look(self) -> tuple[str | None, TokenPlace]:
        kept = await self._open()
        if self._read is None:
            self._read = await asyncio.to_thread(kept.read)
        return self._read

    async def _open(self) -> HubToken:
        if self._kept is None:
            self._kept = await asyncio.to_thread(self._open_token)
        return self._kept
