"""A training as it goes, as server-sent events."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from countenance.api.call import Call, ReadReplicas
from countenance.api.streams import Streams
from countenance.api.watch import Watch
from countenance.service.replicas import find
from countenance.wire.replicas import ReplicaEvent, ReplicaGone

router = APIRouter(tags=["replicas"])
PROGRESS, END = "progress", "end"
_SIGN_OF_LIFE_S = 5.0
"""At least so often the newest heartbeat is told, where nothing else has changed."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """A replica that the bearer of a key watches."""

    replica_id: str
    call: Call
    streams: Streams


def _watched(replica_id: str, call: ReadReplicas) -> Iterator[_Watched]:
    """Whether there is such a replica, and room for one who watches it, is known before the stream begins."""
    with call.reading() as session:
        found = find.get(session, call.workspace_id, replica_id).id
    streams: Streams = call.request.app.state.streams
    with streams.one_of(call.actor.key_id):
        yield _Watched(found, call, streams)


@router.get("/{replica_id}/events", response_class=EventSourceResponse)
async def events(
    request: Request,
    watched: Annotated[_Watched, Depends(_watched)],
    last_event_id: Annotated[
        str | None, Header(description="The last event that was seen, to go on from there.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Where the training stands, whenever that changes: events `progress`, and `end` as the last one.

    The `data` is a `ReplicaEvent`, or at the end of a replica that was deleted a `ReplicaGone`. The stream ends when
    the replica is complete, in error or deleted. It breaks off after a quarter of an hour, and when the key is no
    longer good: clients come back with `Last-Event-ID`.
    """
    watch: Watch = request.app.state.watch
    told, began = last_event_id, time.monotonic()
    told_at = checked_at = began
    async for seen in watch.changes(watched.replica_id):
        if time.monotonic() - began >= watched.streams.longest_s:
            return
        if time.monotonic() - checked_at >= watched.streams.checked_every_s:
            checked_at = time.monotonic()
            if not await run_in_threadpool(watched.call.is_still_good):
                return
        mark = _mark(seen)
        final = _is_final(seen)
        if mark != told or final or time.monotonic() - told_at >= _SIGN_OF_LIFE_S:
            told, told_at = mark, time.monotonic()
            yield ServerSentEvent(data=seen, event=END if final else PROGRESS, id=mark)
        if final:
            return
    yield ServerSentEvent(data=ReplicaGone(replica_id=watched.replica_id), event=END)


def _mark(seen: ReplicaEvent) -> str:
    """The same for the same state, whenever and by whichever server it is told."""
    state = seen.model_dump_json(exclude={"heartbeat", "seconds_left"})
    return hashlib.sha256(state.encode()).hexdigest()[:16]


def _is_final(seen: ReplicaEvent) -> bool:
    return seen.status == "error" or seen.finetune_status in ("completed", "errored")
