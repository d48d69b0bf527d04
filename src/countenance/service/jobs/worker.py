"""A worker: takes tasks from its queues while its lease lasts, and takes over those of workers that died."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from uuid import uuid4

import structlog

from countenance.service.context import Service
from countenance.service.jobs import child, lease, sweep
from countenance.service.jobs.dbos_queue import DbosQueue, Runtime
from countenance.service.jobs.handlers import Registry
from countenance.service.jobs.queue import CHECK, NOTIFY, QUEUES, RENDER, TRAIN
from countenance.service.jobs.runner import COMMAND
from countenance.service.jobs.workflow import Work
from countenance.settings import Settings

FENCED = 75
"""The exit status of a worker that lost its lease: it should be started anew."""

_SWEEP_S = 60.0
_NOTIFICATIONS_AT_ONCE = 32
"""They wait for others, and a worker looks for more only each `poll_s`."""

_log = structlog.get_logger(__name__)


class Worker:
    """Works from `start` to `stop`; one at a time in a process, each with an executor id of its own.

    `alone` says that no other worker can be alive, because this process owns the data folder that the database lies in
    (`lease.own_data_folder`): whatever another executor was doing is then taken over at once, and a lease that expired
    while the machine slept ends nothing.
    """

    def __init__(
        self,
        service: Service,
        registry: Registry,
        queues: Collection[str] = QUEUES,
        *,
        alone: bool = False,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.executor_id = uuid4().hex
        self._service = service
        self._queues = [*queues]
        self._alone = alone
        self._queue = DbosQueue(service.database)
        self._work = Work(service, self._queue, registry, self.executor_id, command, alone=alone)
        self._runtime = Runtime(service.database, self.executor_id, self._queues, self._work)
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to take work.

        Raises:
            dbos.error.DBOSInitializationError: where the queues' tables are not as they should be.
        """
        lease_s = self._service.settings.lease_s
        with self._service.database.transaction() as session:
            # Before anything is taken: to the sweeps of others a worker without a lease is dead.
            lease.take(session, self.executor_id, self._queues, lease_s)
        self._every("lease", lease_s / 3, self._renew)
        try:
            self._queue.prepare(_at_once(self._service.settings, self._queues), self._service.settings.poll_s)
            self._runtime.start()
            self._take_over()
        except BaseException:
            self.stop()
            raise
        self._every("takeover", lease_s / 6, self._take_over)
        self._every("sweep", _SWEEP_S, self._sweep)
        _log.info("worker started", executor_id=self.executor_id, queues=self._queues)

    def stop(self) -> None:
        """Break off what runs, which others take over at once, and let go of everything."""
        self._over.set()
        self._work.stop()
        self._runtime.stop()
        for thread in self._threads:
            thread.join()
        with self._service.database.transaction() as session:
            lease.give_back(session, self.executor_id)
        self._queue.close()
        _log.info("worker stopped", executor_id=self.executor_id)

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _every(self, name: str, seconds: float, do: Callable[[], None]) -> None:
        def repeat() -> None:
            while not self._over.wait(seconds):
                try:
                    do()
                except Exception as error:  # such as a database that restarts: the next time may be better
                    _log.warning("worker could not look after itself", what=name, error=repr(error))

        thread = threading.Thread(target=repeat, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _renew(self) -> None:
        with self._service.database.transaction() as session:
            if lease.renew(session, self.executor_id, self._service.settings.lease_s):
                return
            if self._alone:
                lease.give_back(session, self.executor_id)
                lease.take(session, self.executor_id, self._queues, self._service.settings.lease_s)
                return
        _log.critical("worker lost its lease and ends", executor_id=self.executor_id)
        child.kill_all()
        os._exit(FENCED)

    def _take_over(self) -> None:
        # Owners first, leases second: in that order a worker that has only just begun never looks dead.
        owners = self._queue.owners()
        if self._alone:
            dead = owners - {self.executor_id}
        else:
            with self._service.database.reading() as session:
                dead = owners - lease.alive(session)
        if count := self._runtime.recover(dead):
            _log.warning("took over the work of dead workers", workers=len(dead), tasks=count)

    def _sweep(self) -> None:
        sweep.fail_abandoned(self._work)
        sweep.tidy(self._work)


def _at_once(settings: Settings, queues: Collection[str]) -> Mapping[str, int]:
    limits = {
        CHECK: 1,
        TRAIN: settings.trainings_at_once,
        RENDER: settings.renderings_at_once,
        NOTIFY: _NOTIFICATIONS_AT_ONCE,
    }
    return {name: limits[name] for name in queues}
