"""Several at once tell of one replica's end: one of them is believed, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

from sqlalchemy import select

from countenance.consent.claim_rules import CLAIM_CAPTURED
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import CreditHold, Replica, Video, Workspace
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life as videos
from countenance.service.videos.wanted import NewVideo

ROUNDS = 6
ERROR = Finding(CLAIM_CAPTURED).as_dict()


def trained(service: Service) -> str:
    """A replica in training, with a video that waits for it."""
    with service.database.transaction() as session:
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), full_name="Ada")
        replica = life.create(session, service, "w1", wanted).id
        videos.create(session, service, "w1", NewVideo(replica, script="Hello."))
        life.begin(session, replica, "check")
        life.checked(session, service, replica, findings=[], clearance={}, ok=True)
        life.begin(session, replica, "train")
    return replica


def test_ends_that_come_at_once(service: Service) -> None:
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, ROUNDS, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 1000, "a gift")
    made = life.Published("b", None)

    def asks(session: Any, replica: str) -> None:
        with suppress(CountenanceError):
            videos.create(session, service, "w1", NewVideo(replica, script="Hello."))

    news: list[Callable[[Any, str], Any]] = [
        lambda session, replica: life.preview_ready(session, service, replica, made),
        lambda session, replica: life.complete(session, service, replica, made),
        lambda session, replica: life.fail(session, service, replica, [ERROR]),
        lambda session, replica: life.delete(session, service, "w1", replica, hard=True),
        asks,
    ]
    with ThreadPoolExecutor(len(news)) as pool:
        for _ in range(ROUNDS):
            replica, together = trained(service), Barrier(len(news))

            def tell(what: Callable[[Any, str], Any], replica: str, together: Barrier) -> None:
                together.wait()
                with service.database.transaction() as session:
                    what(session, replica)

            news.append(news.pop(0))
            for done in [pool.submit(tell, what, replica, together) for what in news]:
                done.result(timeout=60)
    with service.database.transaction() as session:
        assert not any(faults(session).values())
        for row in session.scalars(select(Replica)):
            hold = session.get_one(CreditHold, row.job_id or "")
            assert hold.state == ("captured" if row.status == "completed" else "released")
            assert row.deleted_at is not None
        for video in session.scalars(select(Video)):
            assert video.status == "error", "its replica is deleted"
