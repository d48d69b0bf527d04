"""How far a job is: written to its row at most once a second, and a sign of life where the child says nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, Literal

import structlog

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Job
from countenance.service.jobs import life
from countenance.settings import Settings

SHARES: Mapping[str, tuple[float, float]] = {"check": (0.0, 0.17), "train": (0.17, 1.0)}
"""From which to which fraction of its job a task goes; any other is its whole job. As measured on 50 s of 720p
footage: 23 s to check it, 110 s to train without the net that refines mouths."""

_TRAINING_PER_CHECK = {False: 110 / 23, True: 215 / 23}
"""Of the same footage, without and with that net."""
_ENOUGH_SEEN = 0.05
"""Of a check, before it tells anything of the time that is left."""

STALLED_LEASES = 3
"""A job without a sign of life for so many leases is stuck: nobody has taken it over."""

_WRITE_S = 1.0
_HEARTBEAT_S = 5.0

Standing = Literal["working", "waiting", "stalled", "ended"]

_log = structlog.get_logger(__name__)


def standing(job: Job, moment: datetime, lease_s: float) -> Standing:
    """What people are shown of a job: its worker is at work; it waits for a worker, a person or another job; nobody
    has said anything of it for too long; or it has ended.
    """
    if life.has_ended(job):
        return "ended"
    if job.state != "running":
        return "waiting"
    heard = job.heartbeat_at or job.started_at or job.created_at
    return "working" if moment - heard <= timedelta(seconds=STALLED_LEASES * lease_s) else "stalled"


class Reporter:
    """Writes what one attempt at a task says of itself."""

    def __init__(self, service: Service, job_id: str, task: str, executor_id: str) -> None:
        self._service = service
        self._job_id = job_id
        self._task = task
        self._executor_id = executor_id
        self._refined = refines(service.settings)
        self._news: Mapping[str, Any] | None = None
        self._written = 0.0

    def note(self, event: Mapping[str, Any]) -> None:
        """A progress event of the child: it is written soon, unless a later one comes first."""
        self._news = event

    @contextmanager
    def at_work(self, stop: threading.Event) -> Iterator[None]:
        """While the block lasts, progress and signs of life are written; `stop` is set as soon as the job's row says
        that the job has ended or is another worker's.
        """
        over = threading.Event()

        def write() -> None:
            while not over.wait(_WRITE_S):
                self._write_if_due(stop)

        thread = threading.Thread(target=write, name=f"progress-{self._job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._write_if_due(stop)

    def _write_if_due(self, stop: threading.Event) -> None:
        news, self._news = self._news, None
        heartbeat_s = min(_HEARTBEAT_S, self._service.settings.lease_s / 3)
        if stop.is_set() or (news is None and time.monotonic() - self._written < heartbeat_s):
            return
        try:
            if not self._write(news):
                stop.set()
        except Exception as error:  # the work goes on; the next time may be better
            _log.warning("progress not written", job_id=self._job_id, error=type(error).__name__)
        self._written = time.monotonic()

    def _write(self, news: Mapping[str, Any] | None) -> bool:
        with self._service.database.transaction() as session:
            job = life.locked(session, self._job_id)
            if job is None or job.state != "running" or (job.task, job.executor_id) != (self._task, self._executor_id):
                return False
            job.heartbeat_at = now()
            if news is not None:
                _take_over(job, news, self._refined)
            return True


def refines(settings: Settings) -> bool:
    """Whether trainings learn the net that refines mouths, which takes most of their time."""
    return settings.refine_s > 0 and find_spec("torch") is not None


def _take_over(job: Job, news: Mapping[str, Any], refined: bool) -> None:
    start, end = SHARES.get(job.task, (0.0, 1.0))
    within = min(max(float(news.get("fraction") or 0.0), 0.0), 1.0)
    job.stage = str(news.get("stage") or job.stage)[:80]
    # Elsewhere an earlier attempt may have been further: that is shown, but the time that is left is this one's.
    here = start + within * (end - start)
    job.fraction = max(job.fraction, here)
    left = news.get("seconds_left")
    job.seconds_left = None if left is None else _left_of_all(job.task, float(left), within, refined)


def _left_of_all(task: str, left_s: float, within: float, refined: bool) -> float | None:
    """The child knows its own task only: a training takes so many times as long as its check does at this pace."""
    if task != "check":
        return left_s
    if not _ENOUGH_SEEN <= within < 1.0:
        return None
    return left_s + _TRAINING_PER_CHECK[refined] * left_s / (1.0 - within)
