"""The durable workflow of one task: do it, then draw the consequences in one transaction.

Doing it may begin again at any moment, on any machine; the consequences are drawn once, because the transaction that
draws them also ends the job or hands it on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from opentelemetry import trace
from structlog.contextvars import bound_contextvars

from countenance.errors import CountenanceError, Finding, Rule
from countenance.service.context import Service
from countenance.service.errors import CRASHED, INTERNAL
from countenance.service.jobs import attempt, life
from countenance.service.jobs.aside import aside
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.handlers import Action, Done, Failed, Handler, JsonObject, Outcome, Registry
from countenance.service.jobs.ours import told_as
from countenance.service.jobs.progress import Reporter
from countenance.service.jobs.runner import Crashed, Stopped, run_task
from countenance.service.jobs.work_folder import remove_work_folder, work_folder

_PAUSES_S = (1.0, 5.0, 30.0)
"""Before a task is begun again that broke; the last one again and again."""
_ACTION_PAUSES_S = (1.0, 10.0, 60.0, 600.0, 3600.0, 21_600.0)
"""Before an action is called again that raised; the last one again and again."""
_ACTION_FAILURES = 32
"""In a row, after which an action is given up: about a week, in which an operator reads the log."""
_PUBLISH_PAUSES_S = (5.0, 60.0)
"""Before what was made is stored again where that broke: an object store that is away for a minute costs no hours."""
_PATIENCE_S = 5.0
"""Seconds that a cancelled task may take to end before it is left to itself: a fetch cannot be broken off."""
_EVENT_PAUSES_S = (1.0, 10.0)
"""Before an event of a child is told again to a handler that raised; then it is passed over."""

_log = structlog.get_logger(__name__)
_tracer = trace.get_tracer(__name__)
"""Does nothing unless the owner names a collector."""


class Work:
    """The steps of all workflows of one worker (see `dbos_queue.Steps`)."""

    def __init__(
        self,
        service: Service,
        queue: DbosQueue,
        registry: Registry,
        executor_id: str,
        command: Sequence[str],
        *,
        alone: bool = False,
    ) -> None:
        self.service = service
        self.queue = queue
        self.registry = registry
        self._executor_id = executor_id
        self._command = command
        self._alone = alone
        self._stops: set[threading.Event] = set()
        self._changed = threading.Condition()
        self._over = False

    def is_action(self, task: str) -> bool:
        """See `Steps`."""
        return isinstance(self.registry[task], Action)

    async def execute(self, job_id: str, task: str) -> dict[str, Any] | None:
        """The outcome of the task; None if the job has ended meanwhile, or there is nothing to do."""
        begun = threading.Event()
        while True:
            try:
                outcome = await self._once(job_id, task, begun)
                return None if outcome is None else as_json(outcome)
            except attempt.NotOurs:
                # Whatever is returned here would be kept as the outcome. This worker's end is near, or the job's; if
                # neither comes, the work is its own after all.
                await asyncio.sleep(self.service.settings.lease_s / 6)

    async def _once(self, job_id: str, task: str, begun: threading.Event) -> Outcome | None:
        """One try, which is broken off with this coroutine."""
        stop = threading.Event()
        doing = aside(lambda: self._executed(job_id, task, begun, stop))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            stop.set()
            doing.add_done_callback(_heard)
            await asyncio.wait({doing}, timeout=_PATIENCE_S)
            raise

    def stop(self) -> None:
        """Break off all that is executed and begin nothing more; what cannot be broken off is left to itself."""
        with self._changed:
            self._over = True
            for stop in self._stops:
                stop.set()
            self._changed.wait_for(lambda: not self._stops, _PATIENCE_S)

    def settle(self, job_id: str, task: str, outcome: dict[str, Any] | None) -> None:
        """Draw the consequences of an outcome, and remove the folder of a job at which nobody works."""
        if outcome is None:
            attempt.give_up(self.service, job_id, task)
        else:
            with bound_contextvars(job_id=job_id, task=task):
                finish(self.service, self._handler(task), job_id, task, from_json(outcome))
        if attempt.is_at_rest(self.service, job_id):
            remove_work_folder(self.service.settings, job_id)

    def act(self, action_id: str, task: str, turn: int, failures: int) -> None:
        """Run an action, and enqueue its next run if it wants one."""
        action = self.registry[task]
        if not isinstance(action, Action):
            raise TypeError(f"{task} is no action")
        try:
            with bound_contextvars(action=task, action_id=action_id):
                after_s = action.run(self.service, action_id)
            failures = 0
        except Exception:
            _log.exception("action failed", action=task, action_id=action_id, failures=failures + 1)
            failures += 1
            if failures >= _ACTION_FAILURES:
                return
            after_s = _ACTION_PAUSES_S[min(failures, len(_ACTION_PAUSES_S)) - 1]
        if after_s is not None:
            with self.service.database.transaction() as session:
                self.queue.enqueue_later(session, action.queue, action_id, task, turn + 1, failures, after_s)

    def _handler(self, task: str) -> Handler:
        handler = self.registry[task]
        if not isinstance(handler, Handler):
            raise TypeError(f"{task} is an action")
        return handler

    def _executed(self, job_id: str, task: str, begun: threading.Event, stop: threading.Event) -> Outcome | None:
        with self._changed:
            if self._over:
                raise attempt.NotOurs
            self._stops.add(stop)
        try:
            with bound_contextvars(job_id=job_id, task=task), _tracer.start_as_current_span(task) as span:
                span.set_attribute("countenance.job_id", job_id)
                return self._execute(job_id, task, begun, stop)
        finally:
            with self._changed:
                self._stops.discard(stop)
                self._changed.notify_all()

    def _execute(self, job_id: str, task: str, begun: threading.Event, stop: threading.Event) -> Outcome | None:
        handler, limit = self._handler(task), self.service.settings.attempts
        why = CRASHED
        while (number := self._begin(job_id, task, begun)) is not None:
            if number > limit + 1:
                return _failed(why, number - 1)
            try:
                return self._attempt(handler, job_id, stop)
            except Stopped:
                pass
            except Crashed as crash:
                why = told_as(crash) or CRASHED
                _log.warning("task crashed", attempt=number, reason=str(crash))
            except CountenanceError as error:
                rule = told_as(error)
                if rule is None:
                    return Failed(tuple(finding.as_dict() for finding in error.findings))
                why = rule
                _log.warning("task broke", attempt=number, rule=error.finding.rule.id, told_as=why.id)
            except Exception as error:
                why = told_as(error) or INTERNAL
                _log.exception("task broke", attempt=number)
            if stop.wait(_PAUSES_S[min(number, len(_PAUSES_S)) - 1] if number <= limit else 0):
                attempt.break_off(self.service, job_id, task, self._executor_id)
                remove_work_folder(self.service.settings, job_id)
                return None
        return None

    def _begin(self, job_id: str, task: str, begun: threading.Event) -> int | None:
        again, alone = begun.is_set(), self._alone
        number = attempt.begin(self.service, job_id, task, self._executor_id, again=again, alone=alone)
        begun.set()
        return number

    def _attempt(self, handler: Handler, job_id: str, stop: threading.Event) -> Outcome | None:
        folder = work_folder(self.service.settings, job_id)
        reporter = Reporter(self.service, job_id, handler.task, self._executor_id)
        with reporter.at_work(stop):
            content = handler.prepare(self.service, job_id, folder)
            if stop.is_set():
                raise Stopped
            if content is None:
                return None
            told = _Told(self.service, handler, job_id, folder, reporter, stop)
            deadline_s = self.service.settings.training_deadline_s
            outcome = run_task(self._command, handler.task, folder, content, told.event, stop, deadline_s)
            return self._published(handler, job_id, folder, outcome, stop) if isinstance(outcome, Done) else outcome

    def _published(self, handler: Handler, job_id: str, folder: Path, done: Done, stop: threading.Event) -> Done:
        for pause_s in (*_PUBLISH_PAUSES_S, None):
            try:
                return Done(handler.publish(self.service, job_id, folder, done.result))
            except Exception as error:
                if pause_s is None or told_as(error) is None:
                    raise
                _log.exception("result not published")
                if stop.wait(pause_s):
                    raise Stopped from None
        raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Where a child's events go."""

    service: Service
    handler: Handler
    job_id: str
    folder: Path
    reporter: Reporter
    stop: threading.Event

    def event(self, event: JsonObject) -> None:
        if event["event"] == "progress":
            self.reporter.note(event)
            return
        for pause_s in (*_EVENT_PAUSES_S, 0.0):
            try:
                self.handler.on_event(self.service, self.job_id, self.folder, event)
                return
            except Exception:  # hours of work are not given up for a preview
                _log.exception("event not taken", event_kind=event["event"])
                self.stop.wait(pause_s)


def finish(service: Service, handler: Handler, job_id: str, task: str, outcome: Outcome) -> bool:
    """Draw the consequences of a task's outcome in one transaction; False, and no change, where that was done, or
    the job has ended otherwise.
    """
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        if job is None or life.has_ended(job) or job.task != task:
            return False
        handler.finish(session, service, job, outcome)
        if job.task == task and job.state in ("queued", "running"):
            life.end(job, *(("done",) if isinstance(outcome, Done) else ("failed", outcome.findings)))
    return True


def as_json(outcome: Outcome) -> dict[str, Any]:
    """As it lies in the database between the two steps."""
    match outcome:
        case Done(result):
            return {"done": dict(result)}
        case Failed(findings):
            return {"failed": [dict(finding) for finding in findings]}


def from_json(outcome: dict[str, Any]) -> Outcome:
    """The opposite of `as_json`."""
    return Done(outcome["done"]) if "done" in outcome else Failed(tuple(outcome["failed"]))


def _failed(rule: Rule, attempts: int) -> Failed:
    measured = attempts if rule is CRASHED else None
    return Failed((Finding(rule, measured=measured).as_dict(),))


def _heard(future: asyncio.Future[Any]) -> None:
    # An exception that nobody asks for is reported when the future goes.
    if not future.cancelled():
        future.exception()
