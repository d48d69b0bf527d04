"""What happened in an installation, each at its own time: the real functions run, and only the clock is another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

from sqlalchemy.orm import Session

from countenance.consent import receipt
from countenance.service import clock
from countenance.service.context import Service


@dataclass(frozen=True, slots=True)
class _Stopped:
    """Stands in for `datetime` where it is asked what time it is."""

    moment: datetime

    def now(self, zone: tzinfo = UTC) -> datetime:
        return self.moment.astimezone(zone)

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


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
        with patch.multiple(clock, datetime=stopped), patch.multiple(receipt, datetime=stopped):
            yield moment
