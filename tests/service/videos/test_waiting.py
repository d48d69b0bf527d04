"""Videos that were asked for before their replica could speak."""

from __future__ import annotations

import pytest

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Replica, Workspace
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.videos import life, waiting
from countenance.service.videos.wanted import NewVideo


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_they_are_made_in_the_order_in_which_they_were_asked_for(
    service: Service, queue: DbosQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueued: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda session, name, job_id, task: enqueued.append(job_id))
    moment = now()
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=moment))
        session.flush()
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 500, "a gift")
        kept = {"created_at": moment, "updated_at": moment, "material": "image", "subject": "self"}
        more = {"declarations": [], "properties": {}, "model_name": "m", "name": "n"}
        session.add(Replica(id="r1", workspace_id="w1", status="training", **kept, **more))
    asked = []
    for number in range(6):
        with service.database.transaction() as session:
            made = life.create(session, service, "w1", NewVideo("r1", script=f"Number {number}."))
            asked.append(made.job_id)
    assert enqueued == []
    with service.database.transaction() as session:
        assert waiting.start(session, service, "r1") == 6
    assert enqueued == asked
