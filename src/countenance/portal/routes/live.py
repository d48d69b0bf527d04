"""One stream for each page that follows what it shows, as server-sent events with parts of the page."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from countenance.api.call import Call
from countenance.api.streams import Streams
from countenance.api.watch import Watch
from countenance.portal.live import Telling, asked_for
from countenance.portal.page import signed_in

router = APIRouter()
_MOST = 60
"""Replicas, or videos, of one page."""
_AGAIN_MS = 1000
"""After so long a browser comes back when the stream has broken off."""


class _Open:
    """A page that is open, by whoever is signed in."""

    def __init__(self, call: Call, telling: Telling, streams: Streams) -> None:
        self.call, self.telling, self.streams = call, telling, streams


def _opened(request: Request) -> Iterator[_Open]:
    """What is watched, and room for one who watches, is known before the stream begins."""
    asked = dict(asked_for(request.query_params, _MOST))
    call = signed_in("replicas:read")(request) if not asked else None
    for kind in asked:
        call = signed_in(kind.scope)(request)
    assert call is not None  # noqa: S101 - one of the two
    streams: Streams = request.app.state.streams
    with streams.one_of(call.actor.key_id):
        yield _Open(call, Telling(call, asked), streams)


@router.get("/live", response_class=EventSourceResponse)
async def live(request: Request, page: Annotated[_Open, Depends(_opened)]) -> AsyncIterator[ServerSentEvent]:
    """Parts of the page, each as the event that is called by what it shows, and `end` when all of it is final.

    The stream breaks off after a quarter of an hour, and when the session is over: browsers come back by themselves.
    """
    watch: Watch = request.app.state.watch
    began = checked_at = time.monotonic()
    yield ServerSentEvent(retry=_AGAIN_MS)
    async with aclosing(watch.of(page.telling.watched)) as looks:
        async for news in looks:
            now_s = time.monotonic()
            if now_s - began >= page.streams.longest_s:
                return
            if now_s - checked_at >= page.streams.checked_every_s:
                checked_at = now_s
                if not await run_in_threadpool(page.call.is_still_good):
                    return
            for name, part in await run_in_threadpool(page.telling.next, news, now_s):
                yield ServerSentEvent(raw_data=part, event=name)
            if page.telling.is_over:
                yield ServerSentEvent(raw_data="over", event="end")
                return
