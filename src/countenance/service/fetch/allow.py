"""What the operator allows although it is not public."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from countenance.service.errors import refused
from countenance.service.fetch.errors import ALLOW_SETTING

_ENTRY = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>[0-9]{1,5}))?")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One network or host, at one port or at any."""

    network: str | None
    """in CIDR notation"""
    host: str | None
    port: int | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """The entries of `fetch_allow` or `webhook_allow`."""

    entries: tuple[Entry, ...] = ()

    def host(self, host: str, port: int) -> bool:
        """Whether a host is allowed by its name, whatever address it stands for."""
        return any(entry.host == host and entry.port in (None, port) for entry in self.entries)

    def networks(self, port: int) -> tuple[str, ...]:
        """The networks that are allowed at a port."""
        return tuple(entry.network for entry in self.entries if entry.network and entry.port in (None, port))


def allowed_by(text: str) -> Allowed:
    """The list in a setting: `10.1.0.0/16, 127.0.0.1:9000, [::1]:9000, fd00::/8, media.internal`.

    Raises:
        CountenanceError: service.fetch_allow.
    """
    return Allowed(tuple(_entry(part.strip().lower()) for part in text.split(",") if part.strip()))


def _entry(text: str) -> Entry:
    network = _network(text)  # first, because an IPv6 address has colons of its own
    if network is not None:
        return Entry(network, None, None)
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise refused(ALLOW_SETTING, measured=text)
    port = int(found["port"]) if found["port"] else None
    name = found["six"] or found["name"]
    network = _network(name)
    is_host = network is None and _HOST.fullmatch(name) is not None and not name.rpartition(".")[2].isdigit()
    if (port is not None and not 1 <= port <= 65535) or (network is None and not is_host):
        raise refused(ALLOW_SETTING, measured=text)
    return Entry(network, name if is_host else None, port)


def _network(text: str) -> str | None:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        return None
