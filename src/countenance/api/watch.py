"""Trainings that are watched: one look at the database a second for everybody who watches, however many they are."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from countenance.api.shown.replicas import event
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica
from countenance.wire.replicas import ReplicaEvent

_log = structlog.get_logger("countenance.api")
EVERY_S = 1.0


class Watch:
    """What is known of the replicas that somebody watches. Belongs to one event loop."""

    def __init__(self, service: Service, every_s: float = EVERY_S) -> None:
        self._service = service
        self._every_s = every_s
        self._boxes: defaultdict[str, set[asyncio.Queue[ReplicaEvent | None]]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None

    async def changes(self, replica_id: str) -> AsyncIterator[ReplicaEvent]:
        """Where the training stands, again and again, the newest only; ends with a replica that is deleted."""
        with self._box(replica_id) as box:
            while (seen := await box.get()) is not None:
                yield seen

    @contextmanager
    def _box(self, replica_id: str) -> Iterator[asyncio.Queue[ReplicaEvent | None]]:
        box: asyncio.Queue[ReplicaEvent | None] = asyncio.Queue(maxsize=1)
        self._boxes[replica_id].add(box)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield box
        finally:
            self._boxes[replica_id].discard(box)
            if not self._boxes[replica_id]:
                del self._boxes[replica_id]

    async def _look_on(self) -> None:
        while self._boxes:
            try:
                seen = await run_in_threadpool(self._look, [*self._boxes])
            except SQLAlchemyError:
                _log.exception("cannot look at trainings")  # those who watch hear of them at the next look
                seen = {}
            for replica_id, boxes in self._boxes.items():
                if replica_id in seen:
                    for box in boxes:
                        _put(box, seen[replica_id])
            await asyncio.sleep(self._every_s)

    def _look(self, replica_ids: Collection[str]) -> dict[str, ReplicaEvent | None]:
        lease_s = self._service.settings.lease_s
        wanted = select(Replica, Job).outerjoin(Job, Job.id == Replica.job_id).where(Replica.id.in_(replica_ids))
        with self._service.database.reading() as session:
            rows = session.execute(wanted).all()
        seen: dict[str, ReplicaEvent | None] = dict.fromkeys(replica_ids)
        for replica, job in rows:
            if replica.deleted_at is None:
                seen[replica.id] = event(replica, job, lease_s)
        return seen


def _put(box: asyncio.Queue[ReplicaEvent | None], seen: ReplicaEvent | None) -> None:
    """Whoever reads slowly gets the newest, not all."""
    if box.full():
        box.get_nowait()
    box.put_nowait(seen)
