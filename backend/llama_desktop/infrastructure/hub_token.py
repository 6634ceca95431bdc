"""Keeps the Hub's access token: in the system's keychain, else in a file of its user alone."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeVar

from llama_desktop.domain.downloads import TokenPlace
from llama_desktop.infrastructure.storage.atomic_file import storage_failed, write_atomically

logger = logging.getLogger(__name__)

_SERVICE: Final = "llama-desktop"
_NAME: Final = "huggingface.co"
_VARIABLE: Final = "HF_TOKEN"

T = TypeVar("T")


class Keychain(Protocol):
    """What keeps secrets for the person; the real one is the package `keyring`."""

    def get_password(self, service: str, name: str) -> str | None:
        """The secret; None: there is none."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, name: str) -> None:
        """Forget a secret."""


class HubToken:
    """Reads and writes the token. Blocks: a keychain may ask the person first.

    | the person has       | it is read from | it is written to |
    |----------------------|-----------------|------------------|
    | set HF_TOKEN         | the environment | as below         |
    | a keychain           | keychain, file  | keychain         |
    | none, or it fails    | file            | file, mode 0600  |
    """

    def __init__(
        self,
        file: Path,
        *,
        keychain: Keychain | None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._file = file
        self._keychain = keychain
        self._environment = environment

    @property
    def has_keychain(self) -> bool:
        """Whether the system offers one."""
        return self._keychain is not None

    def read(self) -> tuple[str | None, TokenPlace]:
        """The token and where it is."""
        if token := _usable(self._environment.get(_VARIABLE, "")):
            return token, TokenPlace.ENVIRONMENT
        if token := _usable(self._call(lambda chain: chain.get_password(_SERVICE, _NAME)) or ""):
            return token, TokenPlace.KEYCHAIN
        try:
            token = _usable(self._file.read_text("utf-8", errors="replace"))
        except OSError:
            token = None
        return token, TokenPlace.FILE if token else TokenPlace.NONE

    def write(self, token: str) -> None:
        """Keep a token.

        Raises:
            StorageFailed: neither keychain nor file takes it.
        """
        self.delete()

        def keep(chain: Keychain) -> bool:
            chain.set_password(_SERVICE, _NAME, token)
            return True

        if self._call(keep):
            return
        try:
            write_atomically(self._file, token.encode())
        except OSError as error:
            raise storage_failed(error, self._file) from error

    def delete(self) -> None:
        """Forget the token, wherever it is.

        Raises:
            StorageFailed: the file stays.
        """
        if self._call(lambda chain: chain.get_password(_SERVICE, _NAME)):
            self._call(lambda chain: chain.delete_password(_SERVICE, _NAME))
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise storage_failed(error, self._file) from error

    def _call(self, ask: Callable[[Keychain], T | None]) -> T | None:
        """Ask the keychain; None: there is none, it has nothing, or it fails."""
        if self._keychain is None:
            return None
        try:
            return ask(self._keychain)
        except Exception as error:  # keyring's back ends raise whatever they like
            logger.warning("the keychain fails: %s", type(error).__name__)
            return None


def find_keychain() -> Keychain | None:
    """The system's keychain; None: there is none. Blocks for a moment."""
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError as error:
        logger.info("no keychain: %s", error)
        return None
    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring | null.Keyring) or found.priority <= 0:
        return None
    keychain: Keychain = found
    return keychain


def _usable(text: str) -> str | None:
    """A header can hold it; whatever else stands there is none."""
    token = text.strip()
    return token if token.isascii() and token.isprintable() and 0 < len(token) < 500 else None
