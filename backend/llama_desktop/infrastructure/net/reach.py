"""Which servers a request may come to. Pure.

A server that leads on to another one cannot widen this: neither by a redirect, nor by a name that
resolves to an address of this machine or its network (`GuardedTransport` looks at that).
"""

from __future__ import annotations

import ipaddress
from typing import Final

import httpx
from msgspec import Struct, field

from llama_desktop.domain.errors import AddressRefused

HUB_HOSTS: Final = frozenset({"huggingface.co", "hf.co"})
"""With everything below them: the Hub and what it stores its files on."""
_LEADS_ON: Final = {"github.com": frozenset({"githubusercontent.com"})}
"""Sites whose files are known to lie with another name of theirs."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

Origin = tuple[str, str, int]
"""Scheme, host, port."""


class Reach(Struct, frozen=True):
    """The servers that one kind of request may come to."""

    hosts: frozenset[str] = field(default_factory=frozenset)
    """Each with all names below it, by https on its usual port."""
    own: frozenset[Origin] = field(default_factory=frozenset)
    """Named by the person: may be private, on any port, and without https on this machine."""

    def check(self, url: httpx.URL) -> None:
        """Let an address pass, or say why not.

        Raises:
            AddressRefused: with a sentence for the person.
        """
        if origin_of(url) in self.own:
            return
        host = url.host.rstrip(".")
        if url.scheme != "https":
            raise AddressRefused(f"{host or url} is not asked: only https addresses are.")
        if url.userinfo:
            raise AddressRefused(f"{host} is not asked: its address holds a user name.")
        if _is_literal(host):
            require_public(host, host)
        if url.port not in (None, 443):
            raise AddressRefused(f"{host} is not asked: port {url.port} is unusual for https.")
        if not any(host == name or host.endswith(f".{name}") for name in self.hosts):
            raise AddressRefused(
                f"The server leads on to {host}, which is not among those that are asked. "
                "If you trust it, use the address that it leads to."
            )


def hub_reach(endpoint: httpx.URL) -> Reach:
    """For the Hub: its own hosts, and the endpoint that the person has set."""
    own = frozenset({origin_of(endpoint)})
    hosts = {*HUB_HOSTS}
    if not _is_literal(endpoint.host) and not is_loopback(endpoint.host):
        hosts.add(endpoint.host)
    return Reach(hosts=frozenset(hosts), own=own)


def url_reach(url: httpx.URL, endpoint: httpx.URL) -> Reach:
    """For an address that the person gave: its host, and where that is known to keep its files.

    The endpoint that they have set is theirs here, too.
    """
    host = url.host.rstrip(".")
    return Reach(
        hosts=frozenset({host}) | _LEADS_ON.get(host, frozenset()),
        own=frozenset({origin_of(endpoint)}),
    )


def origin_of(url: httpx.URL) -> Origin:
    """What browsers call an address's origin."""
    return url.scheme, url.host.rstrip("."), url.port or (443 if url.scheme == "https" else 80)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name."""
    if host == "localhost":
        return True
    return _is_literal(host) and ipaddress.ip_address(host).is_loopback


def require_public(address: str, host: str) -> None:
    """Let an IP address of the public internet pass.

    Raises:
        AddressRefused: it is of this machine, its network, or of nobody.
    """
    if not is_public(address):
        raise AddressRefused(
            f"{host} is not asked: {address} is an address of this machine or its network."
        )


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet, also where it hides an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            inner: ipaddress.IPv4Address | None = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        else:
            inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
