"""Who is alive. A worker holds a lease and renews it; what a worker without a lease was doing, another takes over.

All moments are the database's, so that clocks of machines may differ. A lease that has expired stays so: renewing
it fails, and its worker must end, because its work may be another's by now.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from countenance.media.private import private_folder
from countenance.service.clock import now
from countenance.service.db.tables import Lease
from countenance.service.errors import refused
from countenance.service.jobs.errors import DATA_IN_USE, DATA_UNUSABLE
from countenance.settings import Settings

_OWNER = "owner.lock"
_KEPT_LEASES = 20
"""Lengths of a lease for which an expired one is kept, to be seen by whoever looks for what went wrong."""


def database_now(session: Session) -> datetime:
    """This moment by the database's clock; SQLite has its machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return now()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def take(session: Session, executor_id: str, queues: Collection[str], lease_s: float) -> None:
    """A new worker is alive."""
    moment = database_now(session)
    session.add(
        Lease(
            executor_id=executor_id,
            queues=[*queues],
            host=socket.gethostname(),
            started_at=moment,
            expires_at=moment + timedelta(seconds=lease_s),
        )
    )


def renew(session: Session, executor_id: str, lease_s: float) -> bool:
    """It is still alive; False if its lease has expired, whereupon it must not go on."""
    moment = database_now(session)
    renewed = session.execute(
        update(Lease)
        .where(Lease.executor_id == executor_id, Lease.expires_at > moment)
        .values(expires_at=moment + timedelta(seconds=lease_s))
    )
    assert isinstance(renewed, CursorResult)  # noqa: S101 - an UPDATE has a count of rows
    return renewed.rowcount == 1


def give_back(session: Session, executor_id: str) -> None:
    """It ends in peace: others need not wait for the lease to expire."""
    session.execute(delete(Lease).where(Lease.executor_id == executor_id))


def alive(session: Session) -> set[str]:
    """The executors whose lease has not expired."""
    return {*session.scalars(select(Lease.executor_id).where(Lease.expires_at > database_now(session)))}


def drop_old(session: Session, lease_s: float) -> None:
    """Delete leases that expired long ago."""
    session.execute(
        delete(Lease).where(Lease.expires_at < database_now(session) - timedelta(seconds=_KEPT_LEASES * lease_s))
    )


@contextmanager
def own_data_folder(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Nobody else who asks so works with this data folder while the block lasts, however this process ends. What is
    given tells others under which address the owner is reached (`owners_address`).

    Raises:
        CountenanceError: service.data_in_use, where another process is inside; service.data_unusable.
    """
    try:
        private_folder(settings.data_dir)
        handle = os.open(settings.data_dir / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused(DATA_UNUSABLE, f"{settings.data_dir}: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise refused(DATA_IN_USE, str(settings.data_dir)) from error
        os.ftruncate(handle, 0)  # whoever was killed has left its own
        yield lambda url: _note(handle, url)
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def owners_address(settings: Settings) -> str | None:
    """Under which address the server is reached that works with this data folder now; None where none does, or where
    it has not said so."""
    try:
        with (settings.data_dir / _OWNER).open("rb") as file:
            url = file.read().decode()
            return url if url and _is_held(file.fileno()) else None
    except (OSError, UnicodeDecodeError):
        return None


def _note(handle: int, url: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, url.encode(), 0)


def _is_held(handle: int) -> bool:
    """Whether somebody else has the lock, who would have it no more if the process had ended."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
