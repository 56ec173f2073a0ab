"""Who asks, as far as an address tells: what limits on how often are counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

# What one subscriber has of the newer addresses.
OF_A_SUBSCRIBER = 64


def subscriber_of(address: str) -> str:
    """The subscriber that an address belongs to; the address itself where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, OF_A_SUBSCRIBER), strict=False)) if isinstance(found, IPv6Address) else str(found)
