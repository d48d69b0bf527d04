"""How often one key may ask. It protects the door of one process; fairness is a matter of queues and credits."""

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

    def __init__(self, settings: Settings) -> None:
        self.requests_per_minute = settings.requests_per_minute
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def check(self, actor: Actor) -> int | None:
        """Count a request: None if it may be made, otherwise after how many whole seconds, 1 to 60."""
        if not self.requests_per_minute:
            return None
        item = RateLimitItemPerMinute(self.requests_per_minute)
        if self._window.hit(item, actor.key_id):
            return None
        free_at = self._window.get_window_stats(item, actor.key_id).reset_time
        return min(60, max(1, math.ceil(free_at - time.time())))
