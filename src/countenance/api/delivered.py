"""The answer that streams an object out of the store."""

from __future__ import annotations

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from countenance.service.objects.delivery import Delivery


class Delivered(StreamingResponse):
    """What is delivered; the file behind it is closed at the end, also where whoever asked goes away before that."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.body, delivery.status, delivery.headers)
        self._close = getattr(delivery.body, "close", None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self._close is not None:
                self._close()
