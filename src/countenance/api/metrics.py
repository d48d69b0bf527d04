"""`/metrics`: requests, work, and what must always be zero."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from countenance.service.clock import now
from countenance.service.credits.invariants import faults
from countenance.service.db.database import Database
from countenance.service.db.tables import Delivery, Job, Replica, Video
from countenance.service.jobs import lease


class RequestCounts:
    """How many requests there were, and how long they took, by route."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "countenance_requests_total", "Requests.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "countenance_request_seconds", "Time until the last byte.", ("method", "route"), registry=registry
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` with its parameters' names, empty where there is none."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class Work(Collector):
    """What the database says when it is asked: one short look each time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._database.reading() as session:
            return [
                _by("countenance_jobs", "Jobs.", session, (Job.task, Job.state)),
                _by("countenance_replicas", "Replicas.", session, (Replica.status,), Replica.deleted_at.is_(None)),
                _by("countenance_videos", "Videos.", session, (Video.status,), Video.deleted_at.is_(None)),
                _by("countenance_deliveries", "Webhooks and e-mails.", session, (Delivery.channel, Delivery.state)),
                _oldest(session),
                _leases(session),
                _faults(session),
            ]


def _by(
    name: str,
    what: str,
    session: Session,
    columns: tuple[InstrumentedAttribute[str], ...],
    where: ColumnElement[bool] | None = None,
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, what, labels=[column.key for column in columns])
    counted = select(*columns, func.count()).group_by(*columns)
    for *labels, count in session.execute(counted if where is None else counted.where(where)):
        gauge.add_metric([str(label) for label in labels], count)
    return gauge


def _oldest(session: Session) -> GaugeMetricFamily:
    what = "For how long the job that has waited longest has waited for a worker."
    gauge = GaugeMetricFamily("countenance_oldest_queued_seconds", what, labels=["task"])
    since_when = func.min(func.coalesce(Job.queued_at, Job.created_at))
    rows = session.execute(select(Job.task, since_when).where(Job.state == "queued").group_by(Job.task))
    for task, since in rows:
        gauge.add_metric([task], (now() - since).total_seconds())
    return gauge


def _leases(session: Session) -> GaugeMetricFamily:
    return GaugeMetricFamily("countenance_workers", "Workers that are alive.", value=len(lease.alive(session)))


def _faults(session: Session) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily("countenance_ledger_faults", "Broken invariants: must be zero.", labels=["invariant"])
    for invariant, count in faults(session).items():
        gauge.add_metric([invariant], count)
    return gauge
