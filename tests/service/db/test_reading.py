"""A view of one moment writes nothing, whatever is changed in it."""

from __future__ import annotations

from countenance.service.clock import now
from countenance.service.db.database import Database
from countenance.service.db.tables import Workspace


def test_what_is_changed_in_a_view_is_forgotten_and_disturbs_nobody(database: Database) -> None:
    with database.transaction() as session:
        session.add(Workspace(id="w1", name="before", keep_footage_days=None, created_at=now()))
    with database.reading() as session:
        session.get_one(Workspace, "w1").name = "changed"
        with database.transaction() as other:  # the view is older than this now, and could not write any more
            other.get_one(Workspace, "w1").keep_footage_days = 3.0
        assert session.query(Workspace).count() == 1
        assert session.dirty
    with database.reading() as session:
        assert session.get_one(Workspace, "w1").name == "before"
