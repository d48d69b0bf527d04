"""Work of several steps, written once for both clients: a generator that says what is to be done next.

    def renamed(replica_id: str, name: str) -> Flow[ReplicaBody]:
        yield from run(replicas.rename(replica_id, name))
        return (yield from run(replicas.get(replica_id)))

A client does each step, in its own way, and sends back what came of it, or throws what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from countenance.client.call import Call
from countenance.client.request import Answer, Request
from countenance.client.sink import Sink

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send it, as often as the client's patience allows; `Answer`. What comes with success may go to a file."""

    request: Request
    into: Sink | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while; None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Do:
    """Do what takes a moment on this machine, such as reading a file; what it returns."""

    work: Callable[[], Any]


Step = Send | Pause | Do
Flow = Generator[Step, Any, T]


def run(call: Call[T]) -> Flow[T]:
    """Make one call.

    Raises:
        ApiError: for every answer that is not success.
        UnreachableError: where none came.
    """
    answer: Answer = yield Send(call.request)
    return call.read(answer)


def fetch(request: Request, into: Sink) -> Flow[Answer]:
    """Send a request whose answer goes to a file."""
    answer: Answer = yield Send(request, into)
    return answer


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Pause(seconds)


def do(work: Callable[[], T]) -> Flow[T]:
    """Do something on this machine."""
    done: T = yield Do(work)
    return done
