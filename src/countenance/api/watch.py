"""Work that is watched: one look at the database a second for everybody who watches, however many they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Literal, TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from countenance.api.shown import replicas, videos
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Video
from countenance.wire.replicas import ReplicaEvent
from countenance.wire.videos import VideoEvent

_log = structlog.get_logger("countenance.api")
EVERY_S = 1.0

Row = TypeVar("Row", Replica, Video)
Watched = tuple[Literal["replica", "video"], str]
"""A kind, and an id"""
Seen = ReplicaEvent | VideoEvent
News = Mapping[Watched, Seen | None]
"""Where things stand; None of what is deleted"""


class Watch:
    """What is known of the replicas and videos that somebody watches. Belongs to one event loop."""

    def __init__(self, service: Service, every_s: float = EVERY_S) -> None:
        self._service = service
        self._every_s = every_s
        self._boxes: dict[asyncio.Queue[News], frozenset[Watched]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def changes(self, replica_id: str) -> AsyncIterator[ReplicaEvent]:
        """Where the training stands, again and again, the newest only; ends with a replica that is deleted."""
        async with aclosing(self.of([("replica", replica_id)])) as looks:
            async for news in looks:
                seen = news["replica", replica_id]
                if not isinstance(seen, ReplicaEvent):
                    return
                yield seen

    async def of(self, watched: Collection[Watched]) -> AsyncGenerator[News, None]:
        """Where each of these stands, after each look, the newest only; it does not end."""
        with self._box(frozenset(watched)) as box:
            while True:
                yield await box.get()

    @contextmanager
    def _box(self, watched: frozenset[Watched]) -> Iterator[asyncio.Queue[News]]:
        box: asyncio.Queue[News] = asyncio.Queue(maxsize=1)
        self._boxes[box] = watched
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield box
        finally:
            del self._boxes[box]

    async def _look_on(self) -> None:
        while self._boxes:
            try:
                seen = await run_in_threadpool(self._look, frozenset().union(*self._boxes.values()))
            except Exception as error:  # such as a database that restarts; those who watch hear of it at the next look
                _log.error("cannot look at what is watched", error=type(error).__name__)
                seen = {}
            for box, watched in self._boxes.items():
                # Whoever came during the look is told after the next one.
                if watched <= seen.keys():
                    _put(box, {each: seen[each] for each in watched})
            await asyncio.sleep(self._every_s)

    def _look(self, watched: Collection[Watched]) -> dict[Watched, Seen | None]:
        lease_s = self._service.settings.lease_s
        seen: dict[Watched, Seen | None] = dict.fromkeys(watched)
        ids = {kind: [each for of, each in watched if of == kind] for kind, _ in watched}
        with self._service.database.reading() as session:
            for replica, job in _rows(session, Replica, ids.get("replica", ())):
                if replica.deleted_at is None:
                    seen["replica", replica.id] = replicas.event(replica, job, lease_s)
            for video, job in _rows(session, Video, ids.get("video", ())):
                if video.deleted_at is None:
                    seen["video", video.id] = videos.event(video, job, lease_s)
        return seen


def _rows(session: Session, table: type[Row], ids: Collection[str]) -> Sequence[tuple[Row, Job | None]]:
    if not ids:
        return ()
    wanted = select(table, Job).outerjoin(Job, Job.id == table.job_id).where(table.id.in_(ids))
    return [(row, job) for row, job in session.execute(wanted)]


def _put(box: asyncio.Queue[News], news: News) -> None:
    """Whoever reads slowly gets the newest, not all."""
    if box.full():
        box.get_nowait()
    box.put_nowait(news)
