"""Enqueuing is part of the caller's transaction."""

from __future__ import annotations

from countenance.service.db.database import Database
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.queue import CHECK, workflow_id


def test_a_rollback_leaves_nothing_enqueued(database: Database, queue: DbosQueue) -> None:
    class Changed(Exception):
        pass

    try:
        with database.transaction() as session:
            queue.enqueue(session, CHECK, "j1", "check")
            raise Changed
    except Changed:
        pass
    assert queue.states([workflow_id("j1", "check")]) == {}


def test_what_is_enqueued_twice_is_there_once(database: Database, queue: DbosQueue) -> None:
    for _ in range(2):
        with database.transaction() as session:
            queue.enqueue(session, CHECK, "j1", "check")
    assert queue.states(["j1:check", "j2:check"]) == {"j1:check": "ENQUEUED"}


def test_what_is_cancelled_and_forgotten_is_gone(database: Database, queue: DbosQueue) -> None:
    with database.transaction() as session:
        queue.enqueue(session, CHECK, "j1", "check")
        queue.enqueue(session, CHECK, "j2", "check")
    queue.cancel(["j1:check", "nobody:check"])
    assert queue.states(["j1:check", "j2:check"]) == {"j1:check": "CANCELLED", "j2:check": "ENQUEUED"}
    queue.forget(["j1:check", "j2:check"])
    assert queue.states(["j1:check", "j2:check"]) == {"j2:check": "ENQUEUED"}
