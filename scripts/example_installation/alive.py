"""What is under way in a filled installation goes on, as far as anybody can see: nobody works on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Video
from example_installation.fill import Filled

_EVERY_S = 2.0
_LONGEST_S = 300.0
_AT_WORK = ("training", "preview", "checking")


@contextmanager
def alive(service: Service, filled: Filled, *, advances: bool = False) -> Iterator[None]:
    """While the block lasts its workers give signs of life; where it `advances` they come nearer to the end, and begin
    again there."""
    with service.database.reading() as session:
        replicas = session.scalars(select(Replica.job_id).where(Replica.id.in_(filled.ids[each] for each in _AT_WORK)))
        jobs = [*replicas.all(), session.get_one(Video, filled.ids["video_generating"]).job_id]
    over = threading.Event()

    def work() -> None:
        begun = time.monotonic()
        while not over.wait(_EVERY_S):
            share = ((time.monotonic() - begun) % _LONGEST_S) / _LONGEST_S
            _say(service, jobs, share if advances else None)

    thread = threading.Thread(target=work, name="alive", daemon=True)
    _say(service, jobs, None)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _say(service: Service, jobs: list[str | None], share: float | None) -> None:
    with service.database.transaction() as session:
        for job in session.scalars(select(Job).where(Job.id.in_(jobs), Job.state == "running")):
            job.heartbeat_at = now()
            if share is not None:
                job.fraction, job.seconds_left = min(0.99, 0.3 + 0.69 * share), _LONGEST_S * (1.0 - share)
