"""What happened in an installation, each at its own time: the real functions run, and only the clock is another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

from sqlalchemy.orm import Session

from countenance.consent import declaration, receipt
from countenance.service import clock
from countenance.service.context import Service

_CLOCKS = (clock, declaration, receipt)
"""Where it is asked what time it is."""


@dataclass(frozen=True, slots=True)
class _Stopped:
    """Stands in for `datetime` where it is asked what time it is."""

    moment: datetime

    def now(self, zone: tzinfo = UTC) -> datetime:
        return self.moment.astimezone(zone)

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


@dataclass(frozen=True, slots=True)
class _Untaken:
    """A queue from which no worker takes anything."""

    def enqueue(self, session: Session, queue: str, job_id: str, task: str) -> None:
        """What becomes of it is told."""

    def cancel(self, workflow_ids: Sequence[str]) -> None:
        """There are none."""

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """There are none."""


def untaken(service: Service) -> Service:
    """The installation, for what is told of it: a worker that is there by chance would make something else of it."""
    return replace(service, queue=_Untaken())


@dataclass(frozen=True, slots=True)
class History:
    """The past of one workspace, seen from `today`."""

    service: Service
    workspace_id: str
    today: datetime

    @contextmanager
    def ago(self, **spans: float) -> Iterator[Session]:
        """`ago(days=2, hours=3)`: a transaction at that time."""
        with self.then(**spans), self.service.database.transaction() as session:
            yield session

    @contextmanager
    def then(self, **spans: float) -> Iterator[datetime]:
        """It is that time while the block lasts, for whatever opens transactions of its own."""
        moment = self.today - timedelta(**spans)
        stopped = _Stopped(moment)
        with ExitStack() as stack:
            for room in _CLOCKS:
                stack.enter_context(patch.object(room, "datetime", stopped))
            yield moment
