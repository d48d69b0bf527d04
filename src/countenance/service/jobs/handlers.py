"""What a kind of task has to say of itself, so that it can be run durably: the door to `service.tasks`.

Two kinds. A `Handler` is work of minutes or hours in a child process; an `Action` is a short thing done here, such as
one try to deliver a webhook. Both are named by their task and looked up by it in a `Registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from countenance.service.context import Service
from countenance.service.db.tables import Job

JsonObject = Mapping[str, Any]
"""a JSON object: it crosses processes and lies in the database"""


@dataclass(frozen=True, slots=True)
class Done:
    """The task succeeded."""

    result: JsonObject
    """what `publish` returned"""


@dataclass(frozen=True, slots=True)
class Failed:
    """The task ended without success, for good."""

    findings: tuple[JsonObject, ...]
    """why, as `Finding.as_dict()` has it; at least one"""


Outcome = Done | Failed


@dataclass(frozen=True, slots=True)
class Handler:
    """A task that runs in a child process, `python -m countenance.work <task> <folder>`.

    Everything but `finish` is called outside any transaction and may take its time; everything may be called again
    after a crash, with the same folder, and must then come to the same.
    """

    task: str
    queue: str
    prepare: Callable[[Service, str, Path], JsonObject | None]
    """(service, job id, folder): fill the folder and return the content of `task.json`; None if there is nothing to do
    any more, which ends the job as cancelled. A CountenanceError fails the task with its findings, unless it is about
    this server (`ours`): then all is tried again."""
    on_event: Callable[[Service, str, Path, JsonObject], None]
    """(service, job id, folder, event): of every event that is neither progress nor the last one; maybe told again
    after a crash"""
    publish: Callable[[Service, str, Path, JsonObject], JsonObject]
    """(service, job id, folder, result): store what was made; what is returned becomes `Done.result`. A
    CountenanceError is taken as one of `prepare`."""
    finish: Callable[[Session, Service, Job, Outcome], None]
    """(session, service, job, outcome): in one transaction all that follows, exactly once for each task of a job:
    the change of status, the credits, the event, the next task (`life.hand_on`). A job that it neither hands on nor
    ends is ended afterwards as the outcome says."""


@dataclass(frozen=True, slots=True)
class Action:
    """A short task without a process or a job's row of its own."""

    name: str
    queue: str
    run: Callable[[Service, str], float | None]
    """(service, id): do it once; the seconds after which it wants to be called again (a sleep that survives restarts),
    or None if all is done. At least once: after a crash the same call is made again. An exception is logged and the
    call made again, less and less often, for a week."""


Registry = Mapping[str, Handler | Action]
"""by the task's name"""


def registry(*kinds: Handler | Action) -> Registry:
    """All that a worker can do."""
    return {kind.task if isinstance(kind, Handler) else kind.name: kind for kind in kinds}
