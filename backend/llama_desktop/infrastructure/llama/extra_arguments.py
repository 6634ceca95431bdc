"""Checks arguments that a person adds to a llama-server's command line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from llama_desktop.domain.errors import BadRequest

_OURS: Final = frozenset(
    {"-m", "--model", "--host", "--port", "--alias", "-a", "--api-key", "--api-key-file"}
    | {"--log-file", "--log-jsonl", "--no-log-jsonl", "--log-disable", "--offline", "--jinja"}
    | {"--ssl-key-file", "--ssl-cert-file", "--api-prefix", "--reuse-port", "--no-slots"}
)
"""The app itself sets them: by these it finds and recognises its server."""
_REACHES_OUT: Final = frozenset(
    {"--tools", "--mcp-servers-json", "--mcp-servers-config", "--rpc", "--path", "--media-path"}
    | {"-hf", "-hfr", "--hf-repo", "-hff", "--hf-file", "-hft", "--hf-token", "-mu", "--model-url"}
    | {"-mmu", "--mmproj-url", "-dr", "--docker-repo", "--slot-save-path", "--cors-origins"}
    | {"--models-dir", "--models-preset", "-hfv", "-hfrv", "--hf-repo-v", "-hfd", "--hf-repo-draft"}
    | {"--ui-mcp-proxy", "--webui-mcp-proxy", "--props"}
)
"""Reaches the network, runs programs, or opens files to whoever asks the server."""
_ENDS: Final = frozenset(
    {"-h", "--help", "--usage", "--version", "--list-devices", "-cl", "--cache-list"}
    | {"--completion-bash", "--license"}
)
_MAX_COUNT, _MAX_LENGTH = 64, 4096


def check(arguments: Sequence[str], flags: frozenset[str]) -> None:
    """Refuse what this program does not know and what must not be given to it.

    Raises:
        BadRequest: with the argument and the reason.
    """
    if len(arguments) > _MAX_COUNT:
        raise BadRequest(f"There can be {_MAX_COUNT} extra arguments.")
    for argument in arguments:
        if "\0" in argument or len(argument) > _MAX_LENGTH:
            raise BadRequest("An extra argument is too long or holds a NUL character.")
        flag = argument.split("=", 1)[0]
        if not _is_flag(argument):
            continue
        if flag in _OURS:
            raise BadRequest(f"{flag} is set by the app itself. Take it out.")
        if flag in _REACHES_OUT:
            raise BadRequest(
                f"{flag} would open this machine to others or reach the network. Take it out."
            )
        if flag in _ENDS:
            raise BadRequest(f"{flag} only prints something and ends. Take it out.")
        if flag not in flags:
            raise BadRequest(f"This engine does not know {flag}. Look at its --help.")


def _is_flag(argument: str) -> bool:
    """`-1` is a number."""
    return argument.startswith("-") and not argument[1:2].isdigit() and argument != "-"
