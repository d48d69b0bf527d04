"""Operations as methods of both clients: described once, done at once by one and awaited with the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from countenance.client.call import Call
from countenance.client.flow import Flow, run
from countenance.client.watching import Watching
from countenance.wire.replicas import ReplicaEvent

if TYPE_CHECKING:
    from countenance.client.aio import AsyncClient
    from countenance.client.client import Client

P = ParamSpec("P")
T = TypeVar("T")
AnyClient = TypeVar("AnyClient")


class Group(Generic[AnyClient]):
    """The operations of one subject, with the client that does them."""

    def __init__(self, client: AnyClient) -> None:
        self._client = client


class Operation(Generic[P, T]):
    """A method that is described by a function which does nothing itself."""

    def __init__(self, start: Callable[P, Flow[T]], described_by: Callable[..., Any]) -> None:
        self._start = start
        self.described_by = described_by
        self.__doc__ = described_by.__doc__

    @overload
    def __get__(self, group: None, owner: object) -> Operation[P, T]: ...
    @overload
    def __get__(self, group: Group[Client], owner: object) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: object) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, group: Group[Any] | None, owner: object) -> Any:
        if group is None:
            return self
        client = group._client

        def bound(*given: P.args, **named: P.kwargs) -> Any:
            return client.do(self._start(*given, **named))

        bound.__doc__ = self.__doc__
        return bound


def call(describe: Callable[P, Call[T]]) -> Operation[P, T]:
    """One call is the whole operation."""

    def start(*given: P.args, **named: P.kwargs) -> Flow[T]:
        return run(describe(*given, **named))

    return Operation(start, describe)


def flow(start: Callable[P, Flow[T]]) -> Operation[P, T]:
    """An operation of several steps."""
    return Operation(start, start)


class Events:
    """The method that watches a training."""

    described_by = Watching

    @overload
    def __get__(self, group: None, owner: object) -> Events: ...
    @overload
    def __get__(self, group: Group[Client], owner: object) -> Callable[[str], Iterator[ReplicaEvent]]: ...
    @overload
    def __get__(self, group: Group[AsyncClient], owner: object) -> Callable[[str], AsyncIterator[ReplicaEvent]]: ...
    def __get__(self, group: Group[Any] | None, owner: object) -> Any:
        if group is None:
            return self
        client = group._client

        def watch(replica_id: str) -> Any:
            """Where the training stands, whenever that changes, to its end."""
            return client.watch(Watching(replica_id))

        return watch
