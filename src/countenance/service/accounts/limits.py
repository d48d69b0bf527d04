"""How often one key, or one link without a key, may ask.

It protects the door of one process; fairness is a matter of queues and credits."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from countenance.service.accounts.actor import Actor
from countenance.settings import Settings


class Limiter:
    """Counts the requests of the last minute, for each key, in this process."""

    LINK_REQUESTS = 60

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

    def _check(self, name: str, most: int) -> int | None:
        item = RateLimitItemPerMinute(most)
        if self._window.hit(item, name):
            return None
        free_at = self._window.get_window_stats(item, name).reset_time
        return min(60, max(1, math.ceil(free_at - time.time())))
