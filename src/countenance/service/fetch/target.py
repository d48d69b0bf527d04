"""Read a URL so that nobody can read it otherwise: what is judged here is what is asked for."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from countenance.errors import CountenanceError
from countenance.service.errors import refused
from countenance.service.fetch.errors import URL_REFUSED

_MOST_CHARACTERS = 8192
_PORTS = {"https": 443, "http": 80}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INNER_ZONES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
"""Names that mean something only inside a network (RFC 6761, RFC 6762, RFC 8375, ICANN's list of collisions)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads."""

    scheme: str
    """`https` or `http`"""
    host: str
    """A name in ASCII and small letters, or an address; an IPv6 address without brackets."""
    port: int
    is_inner: bool
    """whether only an inner network can know the host: a name without a dot, or of a zone like `local`"""
    is_address: bool
    """whether the host is an address, not a name"""
    url: str
    """the URL, rebuilt from what was understood"""


def target_of(url: str) -> Target:
    """What a URL says, before anything is asked for.

    Raises:
        CountenanceError: service.url_refused for what is not http(s), has credentials, or could be read in two ways.
    """
    url = url.strip(" ")
    if not url or len(url) > _MOST_CHARACTERS:
        raise _refusal("It is empty or too long.")
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in url) or "\\" in url:
        raise _refusal("It has control characters or backslashes.")
    try:
        split, parsed = urlsplit(url), parse_url(url)
        port, other_port = split.port, parsed.port
    except (ValueError, LocationParseError):  # which quote the URL
        raise _refusal("It cannot be read.") from None
    scheme = split.scheme.lower()
    if scheme not in _PORTS or scheme != (parsed.scheme or "").lower():
        raise _refusal("Only https:// is fetched.")
    if "@" in split.netloc or parsed.auth is not None:
        raise _refusal("It has a user name or password in it.")
    if port != other_port or port == 0:
        raise _refusal("Its port cannot be read.")
    host = _host(split.netloc, split.hostname or "")
    if _host(split.netloc, (parsed.host or "").strip("[]").lower()) != host:
        raise _refusal("Its host can be read in two ways.")
    port = port or _PORTS[scheme]
    return Target(
        scheme, host, port, _is_inner(host), _is_address(host), _rebuilt(scheme, host, port, url, split.netloc)
    )


def _host(netloc: str, host: str) -> str:
    if not host:
        raise _refusal("It has no host.")
    if "[" in netloc:
        return _six(host)
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError) as error:
            raise _refusal("Its host is not a name.") from error
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise _refusal("Its host is not a name.")
    # What ends in a number is an address; resolvers also know 127.1, 0x7f000001, 2130706433 and 017700000001.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise _refusal("Its host is a number, not a name.") from error
    return host


def _six(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise _refusal("Its host is not an address.") from error
    if address.scope_id is not None or address.ipv4_mapped is not None:
        raise _refusal("Its host is an address in disguise.")
    return str(address)


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()


def _is_inner(host: str) -> bool:
    if _is_address(host):
        return False
    return "." not in host or host.rpartition(".")[2] in _INNER_ZONES


def _rebuilt(scheme: str, host: str, port: int, url: str, netloc: str) -> str:
    """The same URL with the host as it was understood, and without a fragment."""
    shown = f"[{host}]" if ":" in host else host
    rest = url.partition("://")[2][len(netloc) :].partition("#")[0]
    return f"{scheme}://{shown}{'' if port == _PORTS[scheme] else f':{port}'}{rest or '/'}"


def _refusal(why: str) -> CountenanceError:
    return refused(URL_REFUSED, why)
