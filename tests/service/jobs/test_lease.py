"""A lease that has expired is never renewed; a data folder has one owner."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.db.database import Database
from countenance.service.db.tables import Lease
from countenance.service.jobs import lease
from countenance.settings import Settings


def test_who_renews_in_time_stays_alive(database: Database) -> None:
    with database.transaction() as session:
        lease.take(session, "a", ["train"], 60)
        lease.take(session, "b", ["train"], 60)
    with database.transaction() as session:
        session.execute(update(Lease).where(Lease.executor_id == "b").values(expires_at=now() - timedelta(seconds=1)))
    with database.transaction() as session:
        assert lease.renew(session, "a", 60)
        assert not lease.renew(session, "b", 60)
        assert not lease.renew(session, "nobody", 60)
        assert lease.alive(session) == {"a"}
        lease.give_back(session, "a")
        assert lease.alive(session) == set()


def test_the_clock_is_the_databases_and_right(database: Database) -> None:
    with database.transaction() as session:
        assert abs(lease.database_now(session) - now()) < timedelta(seconds=5)


def test_old_leases_go_and_others_stay(database: Database) -> None:
    with database.transaction() as session:
        for name, ago_s in (("old", 3600), ("late", 70), ("alive", 0)):
            lease.take(session, name, [], 60)
            expires_at = now() - timedelta(seconds=ago_s - 60)
            session.execute(update(Lease).where(Lease.executor_id == name).values(expires_at=expires_at))
        lease.drop_old(session, 60)
        assert {row.executor_id for row in session.query(Lease)} == {"late", "alive"}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_data_folder_has_one_owner_until_it_ends(settings: Settings) -> None:
    other = (
        "import sys; from countenance.settings import Settings; "
        "from countenance.service.jobs.lease import own_data_folder\n"
        "with own_data_folder(Settings()): print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", other], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"mine\n"
        with pytest.raises(CountenanceError) as error, lease.own_data_folder(settings):
            pass
        assert error.value.finding.rule.id == "service.data_in_use"
        process.kill()
    with lease.own_data_folder(settings):
        pass


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_owner_of_a_data_folder_says_where_it_is_reached(settings: Settings) -> None:
    assert lease.owners_address(settings) is None
    with lease.own_data_folder(settings) as tell:
        assert lease.owners_address(settings) is None
        tell("http://127.0.0.1:4000/longer")
        tell("http://127.0.0.1:3000")
        assert lease.owners_address(settings) == "http://127.0.0.1:3000"
    assert lease.owners_address(settings) is None


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_an_owner_said_who_was_killed_counts_no_more(settings: Settings) -> None:
    with lease.own_data_folder(settings):
        pass
    (settings.data_dir / "owner.lock").write_text("http://127.0.0.1:3000")
    assert lease.owners_address(settings) is None
    with lease.own_data_folder(settings):
        assert lease.owners_address(settings) is None
