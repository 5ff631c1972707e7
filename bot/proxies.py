"""Who a request comes from where proxies stand before us: `X-Forwarded-For` is believed only from known proxies."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives; the rest is its customer's to choose, anew with every request."""


def networks(text: str) -> tuple[Network, ...]:
    """From a comma list of addresses and networks: `192.0.2.0/24, 198.51.100.4`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def sender(peer: str | None, forwarded: Iterable[str], trusted: tuple[Network, ...]) -> str | None:
    """The last address that isn't a proxy of ours. `forwarded`: X-Forwarded-For headers, in order.

    Each proxy appends whom it heard from, so the list is read from its end: what stands before the first stranger is
    that stranger's own claim. Whatever is no address ends the reading there.
    """
    at = peer
    listed = [part.strip() for header in forwarded for part in header.split(",")]
    for claimed in reversed(listed):
        if not is_trusted(at, trusted) or _address(claimed) is None:
            break
        at = claimed
    return at


def counted_as(address: str) -> str:
    """Whom paces count: an address, or the first of an IPv6 network that one customer has to himself."""
    found = _address(address)
    if not isinstance(found, IPv6Address) or found.is_loopback:
        return address
    return str(ip_network((found, _ONE_HOUSEHOLD), strict=False).network_address)


def is_trusted(address: str | None, trusted: tuple[Network, ...]) -> bool:
    found = _address(address or "")
    return found is not None and any(found in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """`::ffff:192.0.2.1` is 192.0.2.1."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
