"""DBOS, which keeps queues and workflows in our own database. Nothing else imports it.

`Runtime.recover` uses a private call of it (see docs/jobs.md), which is why its version is pinned.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, StepOptions, error
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from countenance.service.db.database import Database
from countenance.service.jobs.queue import workflow_id

CONTRACT = "1"
"""Workflows are only run by workers of the same contract; raised when the order of a workflow's steps changes."""

_APPLICATION = "countenance"
_SCHEMA = "dbos"
_WORKFLOW = "run_task"
_EXECUTE = "execute"
_RECOVERIES = 50
"""Takeovers after which a workflow is given up. Every restart of a worker is one; crashes have a counter of ours."""


def _is_away(error: BaseException) -> bool:
    """Whether the database is what failed: it restarts, or its disk is full."""
    return isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeout)


_SETTLE: StepOptions = {
    "name": "settle",
    "retries_allowed": True,
    "max_attempts": 40,
    "interval_seconds": 1.0,
    "backoff_rate": 1.3,
    "should_retry": _is_away,
}
"""For half a day, each pause about a third of the time so far: hours of work are not given up because the database was
away. An error of ours is seen by the sweep (`sweep.fail_abandoned`)."""
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Steps(Protocol):
    """What the workflow is made of; what a step returns is kept, and a step that returned is not run again."""

    def is_action(self, task: str) -> bool:
        """Whether the task is an `Action`."""

    async def execute(self, job_id: str, task: str) -> dict[str, Any] | None:
        """Do the work: its outcome as JSON, or None if there was nothing to do. Broken off when it is cancelled."""

    def settle(self, job_id: str, task: str, outcome: dict[str, Any] | None) -> None:
        """Draw the consequences."""

    def act(self, action_id: str, task: str, turn: int, failures: int) -> None:
        """Run an action for the `turn`-th time, after so many failures in a row."""


def migrate_queues(database: Database) -> None:
    """Make or change DBOS's own tables: in the schema `dbos` of PostgreSQL, beside ours in SQLite."""
    _calm()
    DBOS.migrate(database.url, schema=_SCHEMA)


class DbosQueue:
    """Queues and workflows in the database of this installation."""

    def __init__(self, database: Database) -> None:
        _calm()
        self._client = DBOSClient(
            system_database_engine=database.engine,
            dbos_system_schema=_SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_name=_APPLICATION,
            lazy=True,
        )

    def enqueue(self, session: Session, queue: str, job_id: str, task: str) -> None:
        """See `Queue`."""
        self._client.enqueue_in_transaction(session, _options(queue, workflow_id(job_id, task)), job_id, task, 1, 0)

    def enqueue_later(
        self, session: Session, queue: str, job_id: str, task: str, turn: int, failures: int, after_s: float
    ) -> None:
        """Enqueue the task's `turn`-th run (2, 3, ...), which begins after so many seconds, wherever."""
        options = _options(queue, f"{workflow_id(job_id, task)}:{turn}")
        if after_s > 0:
            options["delay_seconds"] = after_s
        self._client.enqueue_in_transaction(session, options, job_id, task, turn, failures)

    def cancel(self, workflow_ids: Sequence[str]) -> None:
        """See `Queue`."""
        if workflow_ids:
            self._client.cancel_workflows([*workflow_ids])

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """See `Queue`."""
        states = self.states(workflow_ids)
        if ended := [name for name in workflow_ids if states.get(name) in _ENDED]:
            self._client.delete_workflows(ended)

    def states(self, workflow_ids: Sequence[str]) -> Mapping[str, str]:
        """DBOS's state of each of these workflows that there is."""
        if not workflow_ids:
            return {}
        found = self._client.list_workflows(workflow_ids=[*workflow_ids], load_input=False, load_output=False)
        return {workflow.workflow_id: workflow.status for workflow in found}

    def outcome(self, name: str) -> Mapping[str, Any] | None:
        """What the step `execute` of a workflow has come to; None where that was not kept."""
        for step in self._client.list_workflow_steps(name):
            if step["function_name"] == _EXECUTE and isinstance(step["output"], dict):
                return step["output"]
        return None

    def owners(self) -> set[str]:
        """The executors that are said to be at work on something."""
        found = self._client.list_workflows(status="PENDING", app_version=CONTRACT, load_input=False, load_output=False)
        return {workflow.executor_id for workflow in found if workflow.executor_id}

    def ended_before(self, moment: str, limit: int) -> list[str]:
        """Workflows that ended before a moment (ISO 8601), at most so many."""
        found = self._client.list_workflows(
            status=[*_ENDED], completed_before=moment, limit=limit, load_input=False, load_output=False
        )
        return [workflow.workflow_id for workflow in found]

    def prepare(self, queues: Mapping[str, int], poll_s: float) -> None:
        """Make the queues known, with how many of each a worker runs at once; the last to say so is right for all."""
        for name, at_once in queues.items():
            self._client.register_queue(name, worker_concurrency=at_once, polling_interval_sec=poll_s)

    def close(self) -> None:
        """Let go of what is open; the database stays."""
        self._client.destroy()


class Runtime:
    """What runs workflows in this process; only one at a time."""

    def __init__(self, database: Database, executor_id: str, queues: Collection[str], steps: Steps) -> None:
        self._database = database
        self._executor_id = executor_id
        self._queues = [*queues]
        self._steps = steps

    def start(self) -> None:
        """Begin to take work.

        Raises:
            dbos.error.DBOSInitializationError: where the tables are not as they should be (see `migrate_queues`).
        """
        # In a thread of its own, because DBOS would take an event loop that runs in ours for its own.
        failures: list[Exception] = []
        thread = threading.Thread(target=self._launch, args=(failures,), name="launch")
        thread.start()
        thread.join()
        if failures:
            raise failures[0]

    def stop(self) -> None:
        """Take no more work and break off what runs; for the others it is as if this process had died."""
        DBOS.destroy(destroy_registry=True)

    def recover(self, executor_ids: Collection[str]) -> int:
        """Put the work of dead executors back into its queues; how many workflows.

        Safe to repeat and to race: each is put back only if it still belongs to one of them.
        """
        return len(DBOS._recover_pending_workflows([*executor_ids])) if executor_ids else 0

    def _launch(self, failures: list[Exception]) -> None:
        try:
            _calm()
            DBOS(
                config={
                    "name": _APPLICATION,
                    "system_database_engine": self._database.engine,
                    "dbos_system_schema": _SCHEMA,
                    "serializer": DBOSPortableJSONSerializer(),
                    "application_version": CONTRACT,
                    "executor_id": self._executor_id,
                    "use_listen_notify": False,
                    "run_migrations": False,
                    "enable_otlp": False,
                    "log_level": "WARNING",
                }
            )
            DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_RECOVERIES)(_workflow(self._steps))
            DBOS.listen_queues(self._queues)
            DBOS.launch()
        except Exception as failure:
            failures.append(failure)


def _workflow(steps: Steps) -> Callable[[str, str, int, int], Awaitable[None]]:
    async def run_task(job_id: str, task: str, turn: int, failures: int) -> None:
        if steps.is_action(task):
            await DBOS.run_step_async({"name": "act"}, steps.act, job_id, task, turn, failures)
            return
        outcome = await DBOS.run_step_async({"name": _EXECUTE, "preemptible": True}, steps.execute, job_id, task)
        await DBOS.run_step_async(_SETTLE, steps.settle, job_id, task, outcome)

    return run_task


def _options(queue: str, name: str) -> EnqueueOptions:
    return {"workflow_name": _WORKFLOW, "queue_name": queue, "workflow_id": name, "app_version": CONTRACT}


class _Expected(logging.Filter):
    """Drops what DBOS says, with a traceback, of workflows that were cancelled and of a worker that is stopped."""

    def filter(self, record: logging.LogRecord) -> bool:
        raised = record.exc_info[1] if record.exc_info else None
        if isinstance(raised, error.DBOSAwaitedWorkflowCancelledError | error.DBOSWorkflowCancelledError):
            return False
        message = record.getMessage()
        return not any(words in message for words in ("cancelled", "no longer owned"))


def _calm() -> None:
    # With a handler of somebody else's DBOS adds none of its own, and what it says goes the way of all logs.
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.addFilter(_Expected())
