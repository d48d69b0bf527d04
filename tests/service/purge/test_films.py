"""A lip-synced film is made under a consent, and goes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.consent import register
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import Standing
from countenance.consent.revoke import revoke
from countenance.service.accounts import workspaces
from countenance.service.context import Service
from countenance.service.db.tables import Job, Lipsync
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.handlers import Done
from countenance.service.jobs.work_folder import work_folder
from countenance.service.purge.purge import purge
from countenance.service.replicas import revocations
from countenance.service.tasks.lipsync import DUBBING
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import lipsyncs
from countenance.service.videos.lipsyncs import NewLipsync

FILM = MediaRef(url="https://films.example/f.mp4")


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def workspace(service: Service) -> str:
    with service.database.transaction() as session:
        return workspaces.create(session, service.settings, "Harbour Films").id


def made(service: Service, workspace: str, receipt: str) -> str:
    """A film as a worker makes it, under a receipt; its id."""
    with service.database.transaction() as session:
        film = lipsyncs.create(session, service, workspace, NewLipsync(FILM, FILM, full_name="Ada"))
        assert lipsyncs.begin(session, film.id)
    job_id = film.job_id or ""
    folder: Path = work_folder(service.settings, job_id)
    (folder / "video.mp4").write_bytes(b"a film")
    result = {"video": "video.mp4", "still": "s.jpg", "gif": "p.gif", "receipt": receipt, "report": {"duration_s": 3.0}}
    outcome = Done(DUBBING.publish(service, job_id, folder, result))
    with service.database.transaction() as session:
        DUBBING.finish(session, service, session.get_one(Job, job_id), outcome)
    return film.id


def row(service: Service, film: str) -> Lipsync:
    with service.database.reading() as session:
        return session.get_one(Lipsync, film)


def test_a_revocation_takes_finished_films_with_it(
    service: Service, workspace: str, queue: DbosQueue, agreement: Callable[..., ReceiptContent]
) -> None:
    receipt, other = (register.issue(agreement(), service.settings).id for _ in range(2))
    film, stays = made(service, workspace, receipt), made(service, workspace, other)
    assert row(service, film).receipt_id == receipt
    assert service.objects.list(f"lipsyncs/{film}")
    assert revoke(receipt, service.settings).complete
    assert revocations.sweep(service) == 1
    assert (row(service, film).deleted_at is not None, row(service, stays).deleted_at) == (True, None)
    assert [*queue.states([f"{film}:purge_lipsync"]).values()] == ["ENQUEUED"]
    purge(service, "lipsync", film)
    assert service.objects.list(f"lipsyncs/{film}") == []
    assert service.objects.list(f"lipsyncs/{stays}") != []
    assert row(service, film).receipt_id is None
    assert revocations.sweep(service) == 0


def test_a_consent_stands_for_as_long_as_a_film_does(
    service: Service, workspace: str, agreement: Callable[..., ReceiptContent]
) -> None:
    receipt = register.issue(agreement(), service.settings).id
    films = [made(service, workspace, receipt) for _ in range(2)]
    for film, standing in zip(films, (Standing.ACTIVE, Standing.REVOKED), strict=True):
        lipsyncs.delete_and_cancel(service, workspace, film, hard=True)
        purge(service, "lipsync", film)
        assert register.standing(receipt, service.settings) is standing
