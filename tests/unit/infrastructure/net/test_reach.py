"""Which servers are asked, and which addresses are nobody's business."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from llama_desktop.domain.errors import AddressRefused, BadRequest
from llama_desktop.infrastructure.hub import find_endpoint
from llama_desktop.infrastructure.net.reach import hub_reach, is_public, url_reach
from llama_desktop.infrastructure.net.transport import GuardedTransport, find_proxy

_HUB = httpx.URL("https://huggingface.co")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1"),
        *("64:ff9b::10.0.0.1", "2002:0a00:0001::1", "not an address", ""),
    ],
)
def test_an_address_of_this_machine_or_its_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["18.160.1.1", "2600:9000::1", "::ffff:18.160.1.1"])
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/a/b",
        "https://cdn-lfs-us-1.hf.co/x?signature=1",
        "https://cas-bridge.xethub.hf.co/x",
        "https://huggingface.co:443/x",
    ],
)
def test_the_hubs_own_stores_are_asked(url: str) -> None:
    hub_reach(_HUB).check(httpx.URL(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/a",
        "https://huggingface.co.evil.org/a",
        "https://evilhf.co/a",
        "https://hf.co:8443/a",
        "https://me:secret@hf.co/a",
        "https://18.160.1.1/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "ftp://hf.co/a",
        "file:///etc/passwd",
        "data:text/plain,x",
    ],
)
def test_nothing_else_is(url: str) -> None:
    with pytest.raises(AddressRefused):
        hub_reach(_HUB).check(httpx.URL(url))


def test_the_persons_own_endpoint_may_be_private_but_only_there() -> None:
    reach = hub_reach(httpx.URL("https://10.0.0.5:8443/hub"))

    reach.check(httpx.URL("https://10.0.0.5:8443/a/b/resolve/main/x.gguf"))
    with pytest.raises(AddressRefused):
        reach.check(httpx.URL("https://10.0.0.6:8443/x.gguf"))


def test_a_release_page_leads_to_its_own_store_only() -> None:
    url = httpx.URL("https://github.com/a/b/releases/download/v1/x.gguf")
    reach = url_reach(url, _HUB)

    reach.check(url)
    reach.check(httpx.URL("https://release-assets.githubusercontent.com/x"))
    with pytest.raises(AddressRefused, match=r"example\.org"):
        reach.check(httpx.URL("https://example.org/x"))


@pytest.mark.parametrize(
    ("text", "host"),
    [("", "huggingface.co"), ("https://hf-mirror.com", "hf-mirror.com"), ("http://[::1]:9", "::1")],
)
def test_the_endpoint_is_the_persons(text: str, host: str) -> None:
    assert find_endpoint({"HF_ENDPOINT": text}).host == host


@pytest.mark.parametrize("text", ["http://hf-mirror.com", "hf-mirror.com", "https://a:b@c.org"])
def test_an_endpoint_without_https_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="HF_ENDPOINT"):
        find_endpoint({"HF_ENDPOINT": text})


async def test_a_name_that_resolves_to_this_network_is_not_connected_to() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["18.160.1.1", "192.168.1.1"]

    transport = GuardedTransport(frozenset(), resolve)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        with pytest.raises(AddressRefused, match=r"192\.168\.1\.1"):
            await client.get("https://rebound.example/")
    assert asked == ["rebound.example:443"]


async def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to() -> None:
    """Asked once: there is no second answer that could be another one."""
    answers = iter([["203.0.113.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    transport = GuardedTransport(frozenset({("own.example", 443)}), resolve)
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=0.05) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("https://own.example/")


def test_proxies_of_the_environment_are_used_but_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "intern.example")

    assert find_proxy(httpx.URL("https://huggingface.co/")) == "http://proxy.example:3128"
    assert find_proxy(httpx.URL("https://intern.example/")) is None
    assert find_proxy(httpx.URL("http://127.0.0.1:8000/")) is None


async def test_a_proxy_is_asked_for_a_tunnel_and_its_refusal_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    async with server, httpx.AsyncClient(transport=GuardedTransport(frozenset())) as client:
        with pytest.raises(httpx.ProxyError):
            await client.get("https://huggingface.co/")
    assert heard[0].startswith(b"CONNECT huggingface.co:443 ")
