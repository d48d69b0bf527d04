"""How often one key, one link without a key, or one address without either, may ask.

It protects the door of one process; fairness is a matter of queues and credits."""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from countenance.service.accounts.actor import Actor
from countenance.settings import Settings


class Limiter:
    """Counts the requests of the last minute, for each key, link and address, in this process."""

    LINK_REQUESTS = 60
    ADDRESS_REQUESTS = 300
    """Many people may share an address, and a player asks for a film in pieces."""
    GUESSES = 20

    def __init__(self, settings: Settings) -> None:
        self.requests_per_minute = settings.requests_per_minute
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def check(self, actor: Actor) -> int | None:
        """Count a request: None if it may be made, otherwise after how many whole seconds, 1 to 60."""
        if not self.requests_per_minute:
            return None
        return self._check(actor.key_id, self.requests_per_minute)

    def check_link(self, token_sha256: str) -> int | None:
        """The same for a request by a link, of which a minute has `LINK_REQUESTS`."""
        return self._check(token_sha256, self.LINK_REQUESTS)

    def check_address(self, address: str) -> int | None:
        """The same for a request without any key, of which an address has `ADDRESS_REQUESTS` in a minute; fewer after
        `GUESSES` at secrets. One that is not known is not counted, nor any where keys are not.
        """
        if not self.requests_per_minute or not address:
            return None
        guesses, name = RateLimitItemPerMinute(self.GUESSES), f"guesses {_network(address)}"
        if not self._window.test(guesses, name):
            return self._free_after(guesses, name)
        return self._check(f"address {_network(address)}", self.ADDRESS_REQUESTS)

    def note_guess(self, address: str) -> None:
        """Somebody at this address has asked with a secret that is none."""
        self._window.hit(RateLimitItemPerMinute(self.GUESSES), f"guesses {_network(address)}")

    def _check(self, name: str, most: int) -> int | None:
        item = RateLimitItemPerMinute(most)
        return None if self._window.hit(item, name) else self._free_after(item, name)

    def _free_after(self, item: RateLimitItemPerMinute, name: str) -> int:
        free_at = self._window.get_window_stats(item, name).reset_time
        return min(60, max(1, math.ceil(free_at - time.time())))


def _network(address: str) -> str:
    """Of version 6 the network that one connection has; what is no address stays what it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known.packed[:8] + bytes(8), 64)))
    return str(known)
