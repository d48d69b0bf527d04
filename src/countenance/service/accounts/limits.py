"""How often one key, one link without a key, or one address without either, may ask.

It protects the door of one process; fairness is a matter of queues and credits."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from countenance.service.accounts.actor import Actor
from countenance.service.accounts.window import Window
from countenance.settings import Settings


class Limiter:
    """Counts the requests of the last minute, for each key, link and address, in this process."""

    LINK_REQUESTS = 60
    """Whoever else shares an address with the one who has a link, or guesses at links there, takes none of these."""
    ADDRESS_REQUESTS = 300
    """Many people may share an address."""
    GUESSES = 20
    """A secret has 32 random bytes and cannot be guessed: this only ends the noise."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.requests_per_minute = settings.requests_per_minute
        self._window = Window(clock)

    def check(self, actor: Actor) -> int | None:
        """Count a request: None if it may be made, otherwise after how many whole seconds, 1 to 60."""
        if not self.requests_per_minute:
            return None
        return self._window.hit(f"key {actor.key_id}", self.requests_per_minute)

    def check_link(self, token_sha256: str) -> int | None:
        """The same for a request by a link that there is, of which a minute has `LINK_REQUESTS`."""
        return self._window.hit(f"link {token_sha256}", self.LINK_REQUESTS)

    def check_address(self, address: str) -> int | None:
        """The same for a request without any key or link, of which an address has `ADDRESS_REQUESTS` in a minute. One
        that is not known is not counted, nor any where keys are not."""
        return self._of_address("address", address, self.ADDRESS_REQUESTS)

    def note_guess(self, address: str) -> int | None:
        """Somebody at this address has asked with a secret that is none, which a minute has `GUESSES` times. What is
        asked for with a right one is not kept back by it."""
        return self._of_address("guesses", address, self.GUESSES)

    def _of_address(self, kind: str, address: str, most: int) -> int | None:
        if not self.requests_per_minute or not address:
            return None
        return self._window.hit(f"{kind} {_network(address)}", most)


def _network(address: str) -> str:
    """Of version 6 the network that one connection has; what is no address stays what it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known.packed[:8] + bytes(8), 64)))
    return str(known)
