"""The one gateway by which a link leaves the app."""

from __future__ import annotations

import pytest

from llama_desktop.domain.errors import LinkRefused
from llama_desktop.infrastructure.links import checked_link


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/a?b=c#d",
        "http://localhost:8080/",
        "mailto:someone@example.org",
        "HTTPS://EXAMPLE.ORG",
        " https://example.org/with-space-around ",
    ],
)
def test_web_and_mail_links_may_be_opened(link: str) -> None:
    assert checked_link(link) == link.strip()


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "smb://server/share",
        r"\\server\share",
        "ms-msdt:/id PCWDiagnostic",
        "vscode://file/x",
        "//example.org/no-scheme",
        "relative/path",
        "-e",
        "",
        "https://",
        "https:///no-host",
        "http://[::1",
        "https://example.org/\nX: y",
        "https://example.org/\u202eevil",
        "https://example.org/" + "a" * 9000,
    ],
)
def test_everything_else_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused):
        checked_link(link)
